//go:build race

package auth_test

// manyHistories is fewer under the race detector, which takes ten times as
// long for each.
const manyHistories = 60
