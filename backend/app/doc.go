// Package app wires the backend once: settings, stores, rules, servers. The
// program and every end-to-end test run it. It is the only package that knows
// all the adapters, and it holds no rule of its own.
package app
