package auth

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
	"github.com/google/uuid"
)

// ImportedAccount is a person of another system, such as a row of the
// article's table users.
type ImportedAccount struct {
	SourceID     string // its id there
	Email        string
	Username     string
	PasswordHash string // bcrypt as the article writes it, or our own form
	IsActive     bool
	IsSuperuser  bool
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// ImportReport says what became of everybody.
type ImportReport struct {
	Imported int
	Present  int // imported before; nothing was changed
	// Unusual were imported under names that our rules would refuse; they sign
	// in with them.
	Unusual []ImportNote
	// WithoutPassword were imported without a hash that we can check: they need
	// a password link.
	WithoutPassword []ImportNote
	// Refused were not imported: a name or an address is empty, or somebody
	// has it already, in the same or another case. Nobody is merged.
	Refused []ImportNote
}

// ImportNote is one person of a report.
type ImportNote struct {
	SourceID, Username, Email string
	// Field is "username" or "email", "" when none is at fault.
	Field string
	// Code is a marquee.Field* constant: FieldTaken, FieldRequired ...
	Code string
	// With is whose name it is, for FieldTaken.
	With string
}

// ImportAccounts copies people until next returns io.EOF. What was imported
// stays imported if it fails half way; the next run goes on from there.
func (s *Service) ImportAccounts(ctx context.Context, next func() (ImportedAccount, error)) (ImportReport, error) {
	var r ImportReport
	for {
		from, err := next()
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return r, err
		}
		if err := s.importOne(ctx, from, &r); err != nil {
			return r, err
		}
	}
}

func (s *Service) importOne(ctx context.Context, from ImportedAccount, r *ImportReport) error {
	note := ImportNote{SourceID: from.SourceID, Username: from.Username, Email: from.Email}
	id := importedID(from)
	switch _, err := s.accounts.AccountByID(ctx, id); {
	case err == nil:
		r.Present++
		return nil
	case !marquee.IsCode(err, marquee.CodeNotFound):
		return err
	}
	if note.Field, note.Code = unimportable(from); note.Code != "" {
		r.Refused = append(r.Refused, note)
		return nil
	}
	other, field, err := s.nameTaken(ctx, from)
	if err != nil {
		return err
	}
	if field != "" {
		note.Field, note.Code, note.With = field, marquee.FieldTaken, other
		r.Refused = append(r.Refused, note)
		return nil
	}
	a := Account{User: marquee.User{
		ID: id, Email: marquee.NormalName(from.Email), Username: marquee.NormalName(from.Username),
		IsActive: from.IsActive, IsSuperuser: from.IsSuperuser,
		CreatedAt: from.CreatedAt, UpdatedAt: from.UpdatedAt,
	}}
	if usableHash(from.PasswordHash) {
		a.PasswordHash = from.PasswordHash
	} else {
		r.WithoutPassword = append(r.WithoutPassword, note)
	}
	if _, err := s.accounts.CreateAccount(ctx, a); err != nil {
		return taken(err)
	}
	r.Imported++
	noteUnusual(r, note)
	return nil
}

// unimportable says what makes a person impossible to keep or to sign in.
func unimportable(from ImportedAccount) (field, code string) {
	for _, f := range []struct{ name, value string }{{"username", from.Username}, {"email", from.Email}} {
		switch {
		case marquee.NormalName(f.value) == "":
			return f.name, marquee.FieldRequired
		case !utf8.ValidString(f.value) || strings.ContainsRune(f.value, 0):
			return f.name, marquee.FieldCharacters
		case !findable(f.value):
			return f.name, marquee.FieldTooLong
		}
	}
	return "", ""
}

// nameTaken looks for somebody whom the name or the address would also find:
// a name that is another's address would make sign-in a matter of luck.
func (s *Service) nameTaken(ctx context.Context, from ImportedAccount) (other, field string, err error) {
	for _, f := range []struct{ name, value string }{{"username", from.Username}, {"email", from.Email}} {
		a, err := s.accounts.AccountByLogin(ctx, f.value)
		if err == nil {
			return a.Username, f.name, nil
		}
		if !marquee.IsCode(err, marquee.CodeNotFound) {
			return "", "", err
		}
	}
	return "", "", nil
}

func noteUnusual(r *ImportReport, note ImportNote) {
	e := marquee.CheckUsername(note.Username)
	if e == nil {
		e = marquee.CheckEmail(note.Email)
	}
	if e != nil {
		note.Field, note.Code = e.Field, e.Code
		r.Unusual = append(r.Unusual, note)
	}
}

// importedID is a UUIDv7 made of when and as whom somebody registered there,
// the same each time: so a second run finds everybody, also those who took
// another name here since.
func importedID(from ImportedAccount) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		"marquee import", from.SourceID, from.CreatedAt.UTC().Format(time.RFC3339Nano),
	}, "\x00")))
	var id uuid.UUID
	copy(id[:], sum[:])
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(max(0, from.CreatedAt.UnixMilli())))
	copy(id[:6], at[2:])
	id[6] = id[6]&0x0f | 0x70 // version 7
	id[8] = id[8]&0x3f | 0x80 // RFC 9562 variant
	return id.String()
}
