package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// command is what signs the challenge where the key is.
func (p linkHeldPage) command() string {
	file := map[string]string{"ssh-ed25519": "id_ed25519", "ssh-rsa": "id_rsa", "ecdsa-sha2-nistp256": "id_ecdsa",
		"sk-ssh-ed25519@openssh.com": "id_ed25519_sk", "sk-ecdsa-sha2-nistp256@openssh.com": "id_ecdsa_sk"}[p.key.Type]
	if file == "" {
		file = "id_ed25519"
	}
	text := strings.TrimSuffix(marquee.ChallengeText(marquee.LinkNamespace, p.nonce, p.key.Fingerprint, p.api.origin), "\n")
	words := []string{`printf '%s\n'`}
	for _, line := range strings.Split(text, "\n") {
		words = append(words, "'"+strings.ReplaceAll(line, "'", `'\''`)+"'")
	}
	return strings.Join(words, " ") + " | ssh-keygen -Y sign -n " + marquee.LinkNamespace + " -f ~/.ssh/" + file
}

func (p linkHeldPage) view(e env) string {
	width := textWidth(p.size)
	lead := map[linkStage]string{
		linkChoose: "pages.keys.choose_lead", linkPaste: "pages.keys.paste_lead",
		linkDescribe: "pages.keys.describe_lead", linkSign: "pages.keys.sign_lead",
	}[p.stage]
	var head []string
	for _, line := range cells.Wrap(e.say.T(lead), width) {
		head = append(head, e.theme.Text.Render(line))
	}
	if p.stage == linkSign {
		command := cells.Wrap(cells.Clean(p.command()), width)
		if len(head)+1+len(command)+p.least(e) <= p.size.Height { // one that is cut is none; it can still be copied
			head = append(head, "")
			for _, line := range command {
				head = append(head, e.theme.Heading.Render(line))
			}
		}
	}
	// What is to be done matters more than what is said about it.
	head = head[:max(0, min(len(head), p.size.Height-p.least(e)))]
	if p.size.Height > len(head)+p.least(e) {
		head = append(head, "")
	}
	room := Size{width, max(1, p.size.Height-len(head))}
	var body []string
	if p.stage == linkChoose {
		body = p.picker.view(e, room)
	} else {
		body = p.form.view(e, room)
	}
	if p.busy {
		body[len(body)-1] = "  " + e.theme.Faint.Render(e.say.T(p.waiting()))
	}
	return "  " + strings.Join(append(head, body...), "\n  ")
}

// least is how many lines the list or the form needs.
func (p linkHeldPage) least(e env) int {
	if p.stage == linkChoose {
		return min(p.picker.rows(), 3) + pickerDetail
	}
	lines, _, _ := p.form.lines(e, false, textWidth(p.size))
	return len(lines)
}

// waiting is the message id of what is waited for.
func (p linkHeldPage) waiting() string {
	if p.here && strings.HasPrefix(p.key.Type, "sk-") {
		return "keys.touch"
	}
	return "tui.saving"
}
