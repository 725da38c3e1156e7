// Package auth holds the rules of identity: passwords, access and refresh
// tokens, rotation, sessions, signing keys. It decides; it stores nothing. It
// must not know SQL, Redis or HTTP: what it needs of them is in ports.go.
package auth
