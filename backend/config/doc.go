// Package config reads every setting of the backend from the environment into
// one documented struct. A value that cannot be used is an *Error naming the
// variable and what is expected of it; nothing is guessed and nothing falls
// back. It must not open connections: it only reads the variables and the
// files that they name.
package config
