package app

import (
	"context"
	"slices"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	tea "github.com/charmbracelet/bubbletea"
)

// Visit is what is known of somebody who comes over SSH.
type Visit struct {
	// Fingerprint and Type are of the key that he proved to hold, "" without
	// one. They say nothing about who he is.
	Fingerprint, Type string
	// Command comes here with a key of one's choice, for the person to type.
	Command string
	// SignIn opens a session by the key: CodeInvalidGrant if no account has it,
	// CodeMFARequired where a code is asked besides. Link gives it to the
	// account that is signed in. Both are nil without a key.
	SignIn func(context.Context) error
	Link   func(ctx context.Context, name string) (marquee.SSHKey, error)
}

func (v *Visit) hasKey() bool { return v != nil && v.SignIn != nil && v.Link != nil }

// keyTried answers whether the key that somebody came with opened a session.
type keyTried struct{ reply }

func (a api) signInByKey(gen int) tea.Cmd {
	return a.call(gen, signDeadline, a.visit.SignIn, func(r reply) tea.Msg { return keyTried{r} })
}

type keyLinked struct{ reply }

func (a api) linkKey(gen int, name string) tea.Cmd {
	return a.call(gen, signDeadline, func(ctx context.Context) error {
		_, err := a.visit.Link(ctx, name)
		return err
	}, func(r reply) tea.Msg { return keyLinked{r} })
}

// The sign-in page's news for the root.
type (
	entered struct{} // the key opened a session
	keyFree struct{} // no account has the key
)

// tryKey asks first whether the key is enough.
func (p signInPage) tryKey() signInPage {
	p.trying = true
	return p
}

// keyAnswered goes on without a word where the key is nobody's: most come with
// one for elsewhere.
func (p signInPage) keyAnswered(e env, msg keyTried) (page, intent, tea.Cmd) {
	if msg.gen != p.gen || !p.trying {
		return p, nil, p.unwanted(msg.err)
	}
	p.trying = false
	switch {
	case msg.err == nil:
		return p, entered{}, nil
	case marquee.IsCode(msg.err, marquee.CodeInvalidGrant):
		p.keyUnknown = true
		p.form.actions = slices.DeleteFunc(slices.Clone(p.form.actions), func(a string) bool { return a == actSignInKey })
		if p.asked {
			return p, showError{msg.err, ""}, nil
		}
		return p, keyFree{}, nil
	case marquee.IsCode(msg.err, marquee.CodeMFARequired):
		return p.refused(msg.err)
	}
	return p, showError{msg.err, ""}, nil
}

// viewKey says which key one came with and how to come with another, in at
// most room lines: all of it or nothing.
func (p signInPage) viewKey(e env, width, room int) []string {
	v := p.api.visit
	if v == nil || p.reason != "" || p.attempt != "" {
		return nil
	}
	lines := []string{""}
	say := func(text string) {
		for _, line := range cells.Wrap(text, width) {
			lines = append(lines, e.theme.Faint.Render(line))
		}
	}
	if v.hasKey() {
		said := "tui.key.came"
		if p.keyUnknown {
			said = "tui.key.unknown"
		}
		say(e.say.T(said, "Fingerprint", cells.Clean(v.Fingerprint)))
	}
	if v.Command != "" {
		say(e.say.T("tui.key.other", "Command", cells.Clean(v.Command)))
	}
	if len(lines) == 1 || len(lines) > room {
		return nil
	}
	return lines
}

// welcome offers to link the key that nobody has, once the pages are there.
func (m Model) welcome(cmd tea.Cmd) (Model, tea.Cmd) {
	if !m.keyFree || !m.opts.Visit.hasKey() {
		return m, cmd
	}
	m, more := m.push(func(a api) page { return newLinkKey(a) })
	return m, tea.Batch(cmd, more)
}

// byKey goes on after a session was opened of which it is not known yet whose
// it is. Over a locked page that is asked first: it is shown to the same person
// alone.
func (m Model) byKey() (Model, tea.Cmd) {
	if m.lock != nil {
		m.link.gen++
		m.returning = m.link.gen
		return m, m.rootAPI().whoAmI(m.link.gen)
	}
	m.signedIn, m.user, m.keyFree = true, marquee.User{}, false
	m, cmd := m.reset(func(a api) page { return newFilms(a).showing(m.opts.Seen) })
	m.link.gen++
	m, hear := m.listen()
	return m, tea.Batch(cmd, hear, m.rootAPI().whoAmI(m.link.gen))
}
