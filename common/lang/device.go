package lang

import "strings"

// Device is what a person would call the program behind a session: the browser
// and its system, else the kind of client and the first words of its
// User-Agent as they are. Who draws it cleans it.
func (m *Messages) Device(client, agent string) string {
	kind, ok := m.Find("pages.client." + client)
	if !ok {
		kind = client
	}
	// Order matters: every browser names its ancestors as well.
	browser := firstIn(agent, [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}})
	system := firstIn(agent, [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}})
	switch {
	case browser != "" && system != "":
		return browser + " · " + system
	case browser != "":
		return browser
	}
	// Of our own "marquee/VERSION (SYSTEM) HOST" the host; VERSION is "(devel)"
	// where go run made the program.
	if product, rest, ok := strings.Cut(agent, " "); ok && strings.HasPrefix(product, "marquee/") {
		if _, host, ok := strings.Cut(rest, ") "); ok {
			agent = host
		}
	}
	if agent == "" || kind == "" {
		return kind + agent
	}
	return kind + " · " + agent
}

func firstIn(text string, known [][2]string) string {
	for _, k := range known {
		if strings.Contains(text, k[0]) {
			return k[1]
		}
	}
	return ""
}
