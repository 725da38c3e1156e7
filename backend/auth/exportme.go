package auth

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"example.com/marquee/common/marquee"
)

// exportBatch is how many rows of an export are in memory at once.
const exportBatch = 500

// Belongings is the store of what a person has here, for his export.
type Belongings interface {
	// Belongings lists rows of a part, at most limit, as they stand in an
	// Export, and the mark after which the next begin; "" at the end. The first
	// mark is "".
	Belongings(ctx context.Context, userID string, part marquee.ExportPart, after string, limit int) (rows []any, next string, err error)
}

// ExportMe implements marquee.PersonalDataService. It writes as it reads, so
// that what somebody has gathered in years is never in memory as a whole;
// parts may be of different moments.
func (s *Service) ExportMe(ctx context.Context, w io.Writer) error {
	a, at, err := s.sensitive(ctx)
	if err != nil {
		return err
	}
	if err := s.guard.count(ctx, s.guard.limits.Export, "export", a.ID); err != nil {
		return err
	}
	user, err := s.ownUser(ctx, a)
	if err != nil {
		return err
	}
	out := jsonWriter{w: w}
	out.raw("{")
	out.member("exported_at", at.now.UTC().Truncate(time.Microsecond))
	out.raw(",")
	out.member("user", user)
	out.raw(",")
	out.member("second_factor_pending", a.TOTPPending != nil)
	for _, part := range marquee.ExportParts() {
		if err := s.exportPart(ctx, &out, a.ID, part); err != nil {
			return err
		}
	}
	out.raw("}\n")
	return out.err
}

func (s *Service) exportPart(ctx context.Context, out *jsonWriter, userID string, part marquee.ExportPart) error {
	first, separator := true, ""
	for after := ""; first || after != ""; {
		rows, next, err := s.belongings.Belongings(ctx, userID, part, after, exportBatch)
		if err != nil {
			return away("export "+string(part), err)
		}
		if first {
			out.raw(`,"` + string(part) + `":[`)
		}
		for _, r := range rows {
			out.raw(separator + "\n")
			out.value(r)
			separator = ","
		}
		if out.err != nil { // whoever asked has gone
			return out.err
		}
		first, after = false, next
	}
	out.raw("]")
	return out.err
}

// jsonWriter writes JSON piece by piece and remembers the first error.
type jsonWriter struct {
	w   io.Writer
	err error
}

func (j *jsonWriter) raw(text string) {
	if j.err == nil {
		_, j.err = io.WriteString(j.w, text)
	}
}

func (j *jsonWriter) value(v any) {
	text, err := json.Marshal(v)
	if j.err == nil {
		j.err = err
	}
	j.raw(string(text))
}

func (j *jsonWriter) member(name string, v any) {
	j.raw(`"` + name + `":`)
	j.value(v)
}
