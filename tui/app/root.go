package app

import (
	"context"
	"slices"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// rootPage is the address of answers for the root itself.
const rootPage = 0

// Model is the root: it owns what all pages share and moves between them.
type Model struct {
	opts *Options // never changed
	env  env
	ctx  context.Context // ends with the program
	stop context.CancelFunc

	size     Size
	stack    []frame // the last one is shown
	lastID   int
	over     page   // help, palette or messages over the page, when not nil
	lock     *frame // over the page, when a session ended
	signedIn bool
	// returning is the number of the question whose session was opened over a
	// locked page; 0 while nobody asks.
	returning int
	keyFree   bool // no account has the key of the SSH visit
	user      marquee.User
	userAt    int // the number of the last question that user is newer than
	saves     saves
	leaving   bool // once what is being saved is
	status    status
	log       messageLog
	link      link
	live      live
	copied    copied
	noMouse   bool // it is left to the terminal
	ticking   bool // the one-second timer runs
}

// New makes the program's model. It starts nothing: what it does first, Init
// asks for.
func New(o Options) Model {
	o = o.withDefaults()
	ctx, stop := context.WithCancel(o.Context)
	return Model{
		opts: &o, ctx: ctx, stop: stop, size: o.InitialSize, lastID: rootPage, noMouse: o.NoMouse,
		env: env{theme: &o.Theme, say: o.Messages, keys: keysIn(o.Messages, o.Keys), now: o.Now, tick: o.Tick, noLinks: o.NoLinks},
	}
}

// started says whether credentials are held.
type started struct{ signedIn bool }

// Init finds out, beside the first frame, whether somebody is signed in and
// what the background is.
func (m Model) Init() tea.Cmd {
	first := []tea.Cmd{func() tea.Msg { return started{m.opts.SignedIn()} }}
	if !m.noMouse {
		first = append(first, tea.EnableMouseCellMotion)
	}
	if m.opts.AskBackground != nil {
		first = append(first, func() tea.Msg { m.opts.AskBackground(); return nil })
	}
	return tea.Batch(first...)
}

func (m Model) rootAPI() api { return m.apiFor(m.ctx, rootPage) }

func (m Model) apiFor(ctx context.Context, id int) api {
	return api{
		auth: m.opts.Auth, movies: m.opts.Movies, account: m.opts.Account, token: m.opts.Token, admin: m.opts.Admin, devices: m.opts.Devices,
		personal: m.opts.Personal, writeFile: m.opts.WriteFile, keys: m.opts.SSHKeys, prover: m.opts.Prover, origin: m.opts.Origin,
		visit: m.opts.Visit, remember: m.opts.Remember, ctx: ctx, program: m.ctx, page: id,
	}
}

// Update takes one message.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return m.keyMsg(msg)
	case tea.MouseMsg:
		return m.mouse(msg)
	case tea.WindowSizeMsg:
		return m.resized(Size{msg.Width, msg.Height}), nil
	case answer:
		return m.answered(msg)
	case delayed:
		return m.toPage(msg.to, msg)
	case probeDue:
		if m.link.away && msg.gen == m.link.gen {
			return m.probe()
		}
	case secondDue:
		m.ticking = false
		return m.countDown()
	case started:
		return m.start(msg.signedIn)
	case liveHeard:
		return m.heardLive(msg)
	case alertOver:
		if a := m.live.alert; msg.gen == m.live.gen && a != nil && !a.until.After(m.env.now()) {
			m.live.alert = nil
		}
	case copyDone:
		if msg.gen == m.copied.gen {
			m.copied.text = ""
		}
	case tea.ResumeMsg:
		if !m.noMouse { // Bubble Tea asks for all else again
			return m, tea.EnableMouseCellMotion
		}
	case BackgroundMsg:
		if other := m.env.theme.On(msg.Dark); other.Dark != m.env.theme.Dark {
			m.env.look++
			m.env.theme = &other
		}
	case notKept:
		m = m.note(status{err: msg.err, again: "settings.not_kept", from: nowhere})
	case NoticeMsg:
		m = m.note(status{notice: msg.Text})
	}
	return m, nil
}

// start shows the first page.
func (m Model) start(signedIn bool) (Model, tea.Cmd) {
	if !signedIn {
		m, cmd := m.push(func(a api) page {
			p := newSignIn(a, m.opts.ServerName)
			if m.opts.Visit.hasKey() {
				return p.tryKey()
			}
			return p
		})
		return m.tellProblems(), cmd
	}
	m.signedIn = true
	m, cmd := m.push(func(a api) page { return newFilms(a).showing(m.opts.Seen) })
	m = m.tellProblems()
	m.link.gen++
	m, hear := m.listen()
	return m, tea.Batch(cmd, hear, m.rootAPI().whoAmI(m.link.gen))
}

// keyMsg takes keys one by one: the first of some that arrived together may
// open a text field that the rest belongs into.
func (m Model) keyMsg(msg tea.KeyMsg) (tea.Model, tea.Cmd) {
	if m.bound(msg) || m.typing() && !afterEsc(msg) {
		return m.key(msg)
	}
	var cmds []tea.Cmd
	keys := split(msg)
	for i, one := range keys {
		text := i > 0 && one.Type == tea.KeyRunes && m.typing()
		if text {
			one.Runes = msg.Runes[len(msg.Runes)-(len(keys)-i):]
		}
		var cmd tea.Cmd
		m, cmd = m.key(one)
		cmds = append(cmds, cmd)
		if text {
			break
		}
	}
	return m, tea.Batch(cmds...)
}

// bound reports a key with alt that the settings give to something.
func (m Model) bound(msg tea.KeyMsg) bool {
	if !msg.Alt {
		return false
	}
	for _, names := range m.opts.Keys {
		if slices.Contains(names, msg.String()) {
			return true
		}
	}
	return false
}

// key takes one key.
func (m Model) key(msg tea.KeyMsg) (Model, tea.Cmd) {
	typing := m.typing()
	if msg.Type != tea.KeyCtrlC {
		m.status.notice = ""
	}
	m.leaving = m.leaving && !typing && key.Matches(msg, m.env.keys.quit) // who goes on stays
	switch k := m.env.keys; {
	case msg.Type == tea.KeyCtrlC: // with alt too: esc and ctrl+c that came in one read
		return m.quit()
	case m.opts.Suspends && key.Matches(msg, m.env.keys.suspend):
		return m, tea.Suspend
	case tooSmall(m.size) || len(m.stack) == 0:
		return m, nil // what cannot be seen must not be done
	case msg.Paste && !typing:
		return m, nil // pasted text is not commands
	case !typing && key.Matches(msg, k.quit):
		return m.quitOrBack()
	case key.Matches(msg, k.interrupt):
		return m.quit()
	case m.over == nil && key.Matches(msg, k.palette) && (!typing || msg.Type != tea.KeyRunes):
		return m.openPalette(), nil
	case m.over == nil && !typing && key.Matches(msg, k.messages):
		return m.openMessages(), nil
	case m.over == nil && key.Matches(msg, k.help) && (!typing || msg.Type != tea.KeyRunes):
		return m.openHelp(), nil
	case key.Matches(msg, k.endNew) && m.live.alert != nil:
		return m.endNew()
	case key.Matches(msg, k.refresh) && m.link.away:
		return m.probe()
	case key.Matches(msg, k.refresh) && m.lock == nil && m.over == nil:
		return m.toPage(m.top().id, reconnected{all: true})
	case !typing && m.placeOf(msg) != noPlace:
		return m.goTo(m.placeOf(msg))
	}
	return m.toFocus(msg)
}

// toFocus gives a message to what lies on top: an overlay, lock or page.
func (m Model) toFocus(msg tea.Msg) (Model, tea.Cmd) {
	switch {
	case m.over != nil:
		return m.toOver(msg)
	case m.lock != nil:
		return m.toPage(m.lock.id, msg)
	}
	return m.toPage(m.top().id, msg)
}

// typing reports whether characters are text.
func (m Model) typing() bool {
	switch {
	case m.over != nil:
		return m.over.typing()
	case len(m.stack) == 0:
		return false
	case m.lock != nil:
		return m.lock.page.typing()
	}
	return m.top().page.typing()
}

// quitOrBack quits from the top and goes back from elsewhere.
func (m Model) quitOrBack() (Model, tea.Cmd) {
	switch {
	case m.over != nil:
		m.over = nil
		return m, nil
	case m.deeper():
		return m.toFocus(keyMsg(m.env.keys.back.Keys()[0]))
	case len(m.stack) > 1 && m.lock == nil:
		return m.pop(), nil
	case len(m.saves) > 0 && !m.leaving: // pressed again, it does not wait
		m.leaving = true
		m.status = status{notice: m.env.say.T("tui.saving")}
		return m, nil
	}
	return m.quit()
}

// deeper reports that the page one looks at is the first, or a lock, but not at
// its own beginning.
func (m Model) deeper() bool {
	f := m.below()
	p, ok := f.page.(interface{ deeper() bool })
	return ok && p.deeper()
}

func (m Model) quit() (Model, tea.Cmd) {
	m.stop()
	return m, tea.Quit
}

// below is the page that an overlay lies over.
func (m Model) below() frame {
	if m.lock != nil {
		return *m.lock
	}
	return m.top()
}

func (m Model) openHelp() Model {
	help := helpPage{below: m.below().page.keys(m.env), suspends: m.opts.Suspends}
	if m.signedIn && m.lock == nil {
		for _, p := range m.places() {
			help.places = append(help.places, p.binding)
		}
	}
	m.over = help.setSize(m.bodySize())
	return m
}

// toOver gives a message to the overlay. Whatever it asks for ends it first.
func (m Model) toOver(msg tea.Msg) (Model, tea.Cmd) {
	next, want, cmd := m.over.update(m.env, msg)
	m.over = next
	if want == nil {
		return m, cmd
	}
	m.over = nil
	switch want := want.(type) {
	case goBack:
		return m, cmd
	case press:
		return m.key(keyMsg(want.key))
	}
	return m.do(m.below().id, want, cmd)
}
