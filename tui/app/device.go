package app

import (
	"strings"

	"example.com/marquee/tui/app/cells"
)

// deviceName is what a person would call the program behind a User-Agent: the
// browser and its system, else the first words as they are. Order matters:
// every browser names its ancestors as well.
func deviceName(e env, client, agent string) string {
	kind, ok := e.say.Find("pages.client." + client)
	if !ok {
		kind = cells.CleanLabel(client, 16)
	}
	named := func(known [][2]string) string {
		for _, k := range known {
			if strings.Contains(agent, k[0]) {
				return k[1]
			}
		}
		return ""
	}
	browser := named([][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}})
	system := named([][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}})
	switch {
	case browser != "" && system != "":
		return browser + " · " + system
	case browser != "":
		return browser
	}
	if _, host, ok := strings.Cut(agent, ") "); ok && strings.HasPrefix(agent, "marquee/") {
		return kind + " · " + cells.CleanLabel(host, 64)
	}
	if agent = cells.CleanLabel(agent, 64); agent == "" {
		return kind
	}
	return kind + " · " + agent
}
