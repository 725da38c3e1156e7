package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// The actions of the page that lets other devices in.
const (
	actApprovals = "web.device"
	actLook      = "web.device.look"
	actApprove   = "web.device.approve"
	actRefuse    = "web.device.refuse"
)

// approvePage lets a device in that shows a code, or refuses it. To let it in,
// the number that it shows is typed: a yes alone would be given too easily to
// a stranger's code.
type approvePage struct {
	api       api
	size      Size
	form      form
	request   marquee.DeviceRequest // who asks; the zero one before a code was typed
	answering bool                  // an approval waits for the password
	gen       int
	busy      bool
}

func newApprove(a api) approvePage { return approvePage{api: a}.start() }

// start asks for a code.
func (p approvePage) start() approvePage {
	p.gen++ // an answer that is still under way is of another code
	p.request, p.busy, p.answering = marquee.DeviceRequest{}, false, false
	p.form = form{fields: []field{newField("user_code", false, nil)}, actions: []string{actLook}}
	return p
}

func (p approvePage) place() place                     { return placeApprove }
func (p approvePage) init(env) (page, tea.Cmd)         { return p, nil }
func (p approvePage) setSize(size Size) page           { p.size = size; return p }
func (p approvePage) title(e env) string               { return e.say.T(actApprovals) }
func (p approvePage) typing() bool                     { return p.form.onField() }
func (p approvePage) withForm(do func(form) form) page { p.form = do(p.form); return p }
func (p approvePage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.back, e.keys.previous}
}

// answeredDevice tells the root what became of a device.
type answeredDevice struct{ approved bool }

func (a answeredDevice) said() string {
	if a.approved {
		return "tui.notice.device_approved"
	}
	return "tui.notice.device_refused"
}

func (p approvePage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case proved:
		if p.answering {
			return p.answer(true)
		}
	case deviceFound:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		if msg.err != nil {
			return p.refused(msg.err)
		}
		p.busy, p.request = false, msg.request
		p.form = form{fields: []field{newField("number", false, nil)}, actions: []string{actApprove, actRefuse}}
		return p, clearError{}, nil
	case deviceAnswered:
		if msg.gen != p.gen && msg.err == nil { // it was done, whatever is asked by now
			return p, showNotice{e.say.T(answeredDevice{msg.approved}.said())}, nil
		}
		if msg.gen != p.gen {
			return p, nil, nil
		}
		if msg.err != nil {
			return p.refused(msg.err)
		}
		return p, answeredDevice{msg.approved}, nil
	}
	return p, nil, nil
}

// refused asks for another code where nobody asks by this one, any more.
func (p approvePage) refused(err error) (page, intent, tea.Cmd) {
	p.busy = false
	if !marquee.IsCode(err, marquee.CodeNotFound) {
		return p, failure(err, "tui.again.enter"), nil
	}
	if p.request.UserCode != "" {
		p = p.start()
	}
	p.form, _ = p.form.refuse([]marquee.FieldError{{Field: "user_code", Code: marquee.FieldNoDevice}})
	return p, clearError{}, nil
}

func (p approvePage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch k := e.keys; {
	case key.Matches(msg, k.back) && p.request.UserCode != "":
		return p.start(), clearError{}, nil
	case key.Matches(msg, k.back):
		return p, goBack{}, nil
	case key.Matches(msg, k.submit):
		return p.submit()
	default:
		p.form = p.form.press(k, msg)
	}
	return p, nil, nil
}

func (p approvePage) submit() (page, intent, tea.Cmd) {
	switch action := p.form.action(); {
	case p.busy:
		return p, nil, nil
	case p.request.UserCode == "":
		return p.look()
	case action == actRefuse:
		return p.answer(false)
	case strings.TrimSpace(p.form.value("number")) == "":
		p.form.focus = 0
		return p, nil, nil
	case strings.TrimSpace(p.form.value("number")) != p.request.Number:
		p.form, _ = p.form.refuse([]marquee.FieldError{{Field: "number", Code: "other_number"}})
		return p, clearError{}, nil
	}
	return p.answer(true)
}

func (p approvePage) look() (page, intent, tea.Cmd) {
	code := strings.TrimSpace(p.form.value("user_code"))
	if code == "" {
		p.form.focus = 0
		return p, nil, nil
	}
	p.gen++
	p.busy = true
	return p, clearError{}, p.api.findDevice(p.gen, code)
}

func (p approvePage) answer(approve bool) (page, intent, tea.Cmd) {
	p.gen++
	p.busy, p.answering = true, approve
	return p, clearError{}, p.api.answerDevice(p.gen, p.request.UserCode, approve)
}

func (p approvePage) view(e env) string {
	if p.request.UserCode == "" {
		return viewFormPage(e, p.size, "tui.approve.lead", p.form, p.busy)
	}
	width := textWidth(p.size)
	head := p.viewRequest(e, width)
	room := p.size.Height - 4
	head = head[:max(0, min(len(head), room))] // what is to be done matters more
	body := p.form.view(e, Size{width, max(1, p.size.Height-len(head))})
	if p.busy {
		body[len(body)-1] = "  " + e.theme.Faint.Render(e.say.T("tui.saving"))
	}
	return "  " + strings.Join(append(head, body...), "\n  ")
}

// viewRequest says who asks, from where and since when.
func (p approvePage) viewRequest(e env, width int) []string {
	r := p.request
	var lines []string
	if r.EndsThisSession {
		for _, line := range cells.Wrap(e.say.T("web.device.ends_this"), width) {
			lines = append(lines, e.theme.Bad.Render(line))
		}
	}
	lines = append(lines, labelled(e, e.say.T("web.device.client"), deviceName(e, r.Client, r.Agent), width)...)
	lines = append(lines, labelled(e, e.say.T("web.device.address"), label(r.Address, 45), width)...)
	asked := moment(e, r.AskedAt) + " (" + ago(e, r.AskedAt) + ")"
	lines = append(lines, labelled(e, e.say.T("web.device.asked"), asked, width)...)
	if p.size.Height >= len(lines)+9 {
		lines = append(lines, "")
		for _, line := range cells.Wrap(e.say.T("tui.approve.compare"), width) {
			lines = append(lines, e.theme.Text.Render(line))
		}
		lines = append(lines, "")
	}
	return lines
}
