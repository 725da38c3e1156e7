package app

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
	"github.com/muesli/termenv"
)

// poison returns what puts a payload behind every string of what it is given,
// the next one each time.
func poison(from int) func(any) {
	n := from
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.String:
			if v.CanSet() {
				v.SetString(v.String() + payloads[n%len(payloads)] + "~")
				n++
			}
		}
	}
	return func(answer any) { walk(reflect.ValueOf(answer)) }
}

// poisoned is the catalogue with payloads in everything that comes from a
// server, beginning at one of them.
func poisoned(from int) *fakeService {
	f := catalogue()
	f.garble = poison(from)
	viewings := f.viewings
	f.viewings = map[string][]marquee.Date{}
	for i := range f.films {
		id := f.films[i].ID
		f.garble(&f.films[i])
		f.viewings[f.films[i].ID] = viewings[id]
	}
	for _, all := range []any{&f.sessions, &f.activity, &f.people, &f.user, &f.ssh.linked} {
		f.garble(all)
	}
	return f
}

// No text of a server's, on any page, reaches the terminal as anything but
// text: not in what pages show, nor in why a session ended, nor in an error.
func TestAttack_HostileTextOnEveryPage(t *testing.T) {
	if testrig.Race {
		t.Skip("one thing happens after the other")
	}
	for i, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			for j, size := range goldenSizes {
				f := poisoned(7*i + 16*j)
				d := playOn(t, sc, setup{width: size.Width, height: size.Height, language: []string{"en", "ko"}[(i+j)%2], colour: termenv.TrueColor}, f)
				d.harmless()
				for _, key := range []string{"down", "y"} {
					d.press(key)
					d.harmless()
				}
				p := payloads[(3*i+j)%len(payloads)]
				f.before = func(context.Context, string) error {
					return &marquee.Error{Code: marquee.Code(p), Detail: p + "detail", Fields: []marquee.FieldError{
						{Field: "name", Code: p, Detail: p}, {Field: "password", Code: p, Detail: p}, {Field: "code", Code: p, Detail: p},
					}}
				}
				for _, key := range []string{"ctrl+r", "enter", "M"} {
					d.press(key)
					d.pass(time.Second)
					d.harmless()
				}
				if d.ear != nil {
					f.before = ended("me")
					d.tell(marquee.LiveEvent{Kind: marquee.LiveSessionEnded, SessionID: p, At: today9, Reason: p})
					d.harmless()
				}
			}
		})
	}
}

// harmless fails when the frame has a sequence that is not ours, or a row that
// takes other cells of the terminal than it was counted for.
func (d *driver) harmless() {
	d.t.Helper()
	lines := d.drawn()
	rows := d.onScreen(lines)
	copied := d.m.(Model).copied.sequence()
	if bad := foreign(strings.ReplaceAll(strings.Join(lines, "\n"), copied, "")); len(bad) > 0 {
		d.t.Errorf("drawn: %q in\n%s", bad, strings.Join(rows, "\n"))
	}
}

// The columns of every list stand where they stand with harmless text.
func TestAttack_HostileTextShiftsNoColumn(t *testing.T) {
	for name, column := range map[string]string{
		"films": "Year", "watchlist": "Year", "diary": "Year", "sessions": "Last used", "keys": "Last used", "users": "State", "activity": "When",
	} {
		for from := range 8 {
			i := sceneNamed(t, name)
			d := playOn(t, scenes[i], setup{width: 80, height: 24, language: "en"}, poisoned(4*from))
			rows := d.screen()
			head, at := 0, -1
			for at < 0 && head < len(rows) {
				at = cellOf(rows[head], column)
				head++
			}
			n := 0
			for _, row := range rows[head:] {
				if strings.TrimSpace(row) == "" {
					break
				}
				n++
				if before, here := cellAt(row, at-1), cellAt(row, at); before != " " || here == " " || here == "" {
					t.Errorf("%s: %q stands elsewhere in %q", name, column, row)
				}
			}
			if n == 0 {
				t.Errorf("%s has no rows:\n%s", name, strings.Join(rows, "\n"))
			}
		}
	}
}

func sceneNamed(t *testing.T, name string) int {
	t.Helper()
	for i, sc := range scenes {
		if sc.name == name {
			return i
		}
	}
	t.Fatalf("no scene %s", name)
	return 0
}
