package web

import (
	"errors"
	"net/http"
	"slices"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// formPage is a page of one form.
type formPage struct {
	Fields []field
	// Summary is what is wrong as a whole; "" if nothing is.
	Summary string
	// Notes say what led here.
	Notes []string
	Next  string
	// Attempt is the token of a sign-in that waits for a code.
	Attempt string
}

// Wrong are the fields that need another look, for the list above the form.
func (p formPage) Wrong() []field {
	var wrong []field
	for _, f := range p.Fields {
		if f.Error != "" {
			wrong = append(wrong, f)
		}
	}
	return wrong
}

func (p formPage) has(name string) bool {
	return slices.ContainsFunc(p.Fields, func(f field) bool { return f.Name == name })
}

// field is one input of a form with what was typed and what is wrong with it.
// A password is never in Value.
type field struct {
	Name, Label, Type, Value, Autocomplete, Hint, Error string
	Required, ReadOnly                                  bool
	// Rows above 0 make it an input of several lines, without a Type.
	Rows int
}

// showForm shows a form, with what err says is wrong with it. What was typed
// must come back as well where waiting is all that helps; any other error is
// returned for a page of its own.
func (s *server) showForm(w http.ResponseWriter, v *visit, name, title string, page formPage, err error) error {
	status, err := s.wrong(w, v, &page, err)
	if err != nil {
		return err
	}
	s.show(w, v, status, name, title, page)
	return nil
}

// wrong puts into a page what err says, and returns the status of the answer
// or, where the page cannot help, the error.
func (s *server) wrong(w http.ResponseWriter, v *visit, page *formPage, err error) (status int, _ error) {
	status = http.StatusOK
	if errs := fieldErrors(err); errs != nil {
		status, page.Summary = http.StatusUnprocessableEntity, v.msgs.T("error.invalid_input")
		withErrors(v.msgs, page.Fields, errs)
	} else {
		switch marquee.ErrorCode(err) {
		case "":
		case marquee.CodeWrongCredentials, marquee.CodeWrongPassword, marquee.CodeWrongCode, marquee.CodeAttemptOver,
			marquee.CodeStepUpRefused, marquee.CodeTooManyKeys, marquee.CodeAccessDenied, marquee.CodeExpiredToken, marquee.CodeInvalidGrant,
			marquee.CodeTooManyRequests, marquee.CodeUnavailable, marquee.CodeTimeout:
			status, page.Summary = s.announce(w, v, err)
		default:
			return 0, err
		}
	}
	return status, nil
}

// withErrors puts each error at its field.
func withErrors(msgs *lang.Messages, fields []field, errs []marquee.FieldError) {
	for i := range fields {
		for _, e := range errs {
			if e.Field == fields[i].Name {
				fields[i].Error = msgs.T("field."+e.Code, "Limit", e.Limit)
			}
		}
	}
}

// fieldErrors returns what is wrong by field, or nil if err is no refusal of
// what was typed.
func fieldErrors(err error) []marquee.FieldError {
	var e *marquee.Error
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Code {
	case marquee.CodeInvalid:
		return e.Fields
	case marquee.CodeUsernameTaken:
		return []marquee.FieldError{{Field: "username", Code: marquee.FieldTaken}}
	case marquee.CodeKeyTaken:
		return []marquee.FieldError{{Field: "public_key", Code: marquee.FieldTaken}}
	case marquee.CodeEmailTaken:
		return []marquee.FieldError{{Field: "email", Code: marquee.FieldTaken}}
	}
	return nil
}

// problems are what is wrong on a page with forms of other shapes.
type problems struct {
	// Wrong is by the name of the field, Problems the same as a list.
	Wrong    map[string]string
	Problems []problem
}

// problem is one line of what is wrong; Label is "" for what has no field.
type problem struct{ Field, Label, Text string }

func problemsOf(m *lang.Messages, errs []marquee.FieldError) problems {
	p := problems{Wrong: map[string]string{}}
	for _, e := range errs {
		label, _ := m.Find("web." + e.Field)
		text := m.T("field."+e.Code, "Limit", e.Limit)
		p.Wrong[e.Field] = text
		p.Problems = append(p.Problems, problem{Field: e.Field, Label: label, Text: text})
	}
	return p
}
