// Package httpapi is the JSON API over HTTP: it decodes requests, asks the
// rules (the services of the vocabulary) and writes answers. The written
// contract is openapi.yaml, served by the package itself.
//
// It must not know SQL, Redis, how passwords are kept or how tokens are made.
package httpapi
