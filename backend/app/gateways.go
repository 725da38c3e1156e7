package app

import (
	"crypto/ed25519"
	"net/netip"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/config"
)

// gateways are the SSH servers that are trusted: those of SSH_GATEWAY_KEYS and
// the one of the data directory, which whoever owns that may put there at any
// time.
type gateways struct {
	keys []config.GatewayKey
	own  string // file of the data directory; "" without one
}

// Gateway implements auth.Gateways.
func (g gateways) Gateway(id string) (ed25519.PublicKey, []netip.Prefix, bool) {
	for _, k := range g.keys {
		if auth.GatewayID(k.Key) == id {
			return k.Key, k.From, true
		}
	}
	if g.own == "" {
		return nil, nil, false
	}
	keys, err := config.ReadGatewayKeys(g.own)
	if err != nil { // as a rule there is none
		return nil, nil, false
	}
	for _, k := range keys {
		if auth.GatewayID(k.Key) == id {
			return k.Key, k.From, true
		}
	}
	return nil, nil, false
}
