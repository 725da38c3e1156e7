package accessible

import (
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// activityShown is how much is read out before the person says to go on.
const activityShown = 20

// activity reads out what happened to the account, the newest first.
func (p *program) activity() error {
	for cursor := ""; ; {
		page, err := p.Service.Activity(p.ctx, marquee.PageRequest{Limit: activityShown, Cursor: cursor})
		if err != nil {
			return err
		}
		for _, a := range page.Items {
			text := p.moment(a.At) + ": " + cells.Clean(p.Messages.Activity(a.Kind, a.Reason, a.By, a.Times))
			for _, part := range []string{a.Client, a.Address} {
				if part != "" {
					text += ", " + cells.Clean(part)
				}
			}
			p.text(text)
		}
		if page.NextCursor == nil {
			return nil
		}
		n, err := p.number(p.say("accessible.go_on"), 0, 1)
		if err != nil || n != 1 {
			return err
		}
		cursor = *page.NextCursor
	}
}
