//go:build !race

package auth_test

const manyHistories = histories
