// Package marquee is the vocabulary of the service: users, sessions, tokens,
// films, errors, the rules for what people type, and the interfaces that the
// server's rules and the HTTP client both implement.
//
// It knows nothing of HTTP, SQL, Redis or terminals, and holds no secret: a
// password hash or a signing key never has a type here. The struct tags name
// the members of the JSON contract, which both sides share.
package marquee
