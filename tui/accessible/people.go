package accessible

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// peopleShown is how many accounts are read out before the person says to go on.
const peopleShown = 10

// people lists the accounts of others, for a superuser; picking one disables or
// enables it.
func (p *program) people() error {
	words, err := p.Prompt.Line(p.ctx, p.say("accessible.people_words"))
	if err != nil {
		return err
	}
	cursor := ""
	return back(p.untilBack(func() (func() (string, string, []choice), error) {
		page, err := p.Admin.Users(p.ctx, marquee.UserFilter{Query: strings.TrimSpace(words), Page: marquee.PageRequest{Limit: peopleShown, Cursor: cursor}})
		if err != nil {
			return nil, err
		}
		var choices []choice
		for _, u := range page.Items {
			choices = append(choices, choice{p.personLine(u), func() error { return p.switchPerson(u) }})
		}
		for _, way := range []struct {
			id string
			to *string
		}{{"accessible.next", page.NextCursor}, {"accessible.previous", page.PrevCursor}} {
			if way.to != nil {
				choices = append(choices, choice{p.say(way.id), func() error { cursor = *way.to; return nil }})
			}
		}
		return func() (string, string, []choice) {
			return p.say("accessible.films", "Title", p.say("pages.title.users"), "Total", page.Total), p.say("accessible.back"), choices
		}, nil
	}))
}

// personLine says what picking an account does, and whose it is.
func (p *program) personLine(u marquee.User) string {
	does := "accessible.disable"
	if !u.IsActive {
		does = "accessible.enable"
	}
	who := cells.CleanLabel(u.Username, 64) + ", " + cells.CleanLabel(u.Email, 254)
	if u.IsSuperuser {
		who += ", " + p.say("tui.account.superuser")
	}
	return p.say(does, "Name", who)
}

func (p *program) switchPerson(u marquee.User) error {
	active, said := !u.IsActive, "pages.users.enabled_now"
	if u.IsActive {
		said = "pages.users.disabled_now"
		p.line("pages.users.sure")
		if n, err := p.number(p.say("accessible.sure_disable"), 0, 1); err != nil || n != 1 {
			return err
		}
	}
	err := p.steppedUp(func() error {
		_, err := p.Admin.ChangeUser(p.ctx, u.ID, marquee.UserChange{IsActive: &active})
		return err
	})
	if err == nil {
		p.line(said, "Name", cells.CleanLabel(u.Username, 64))
	}
	return err
}
