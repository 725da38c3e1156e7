package app

import "example.com/marquee/tui/app/cells"

// deviceName is what a person would call the program behind a session.
func deviceName(e env, client, agent string) string {
	return cells.CleanLabel(e.say.Device(cells.CleanLabel(client, 16), cells.CleanLabel(agent, 256)), 80)
}
