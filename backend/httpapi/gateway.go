package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// gatewayHeader carries the word of a trusted SSH server on whose behalf it
// calls. Without it the caller is who he is.
const gatewayHeader = "X-Marquee-Gateway"

// callerKey is where a request keeps the address of the HTTP peer.
const callerKey = "marquee.caller"

// gateway puts the visitor of an SSH server in the place of the HTTP peer, for
// limits, lists and the log alike. A word that is not believed is refused: to
// go on would count the visitor as the server.
func (s *server) gateway(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		caller := s.address(r)
		c.Set(callerKey, caller)
		words := r.Header.Values(gatewayHeader)
		if len(words) == 0 {
			return next(c)
		}
		if len(words) > 1 {
			return marquee.E(marquee.CodeInvalidAssertion)
		}
		peer, err := s.Auth.GatewayPeer(words[0], caller)
		if err != nil {
			return err
		}
		r = r.Clone(r.Context())
		r.RemoteAddr = peer
		r.Header.Del("X-Forwarded-For")
		c.SetRequest(r)
		return next(c)
	}
}

// fromGateway reports whether a trusted SSH server calls: gateway has let no
// other word through.
func fromGateway(r *http.Request) bool { return r.Header.Get(gatewayHeader) != "" }

// callerOf is the origin with the HTTP peer's own address, whoever it speaks for.
func (s *server) callerOf(c echo.Context) marquee.Origin {
	o := s.origin(c.Request())
	o.Address, _ = c.Get(callerKey).(string)
	return o
}
