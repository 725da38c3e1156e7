// Package letterboxd reads and writes the export of letterboxd.com: a zip of
// CSV files with a person's diary, ratings, watchlist and watched films. It
// knows the format and nothing of servers, terminals or accounts.
package letterboxd
