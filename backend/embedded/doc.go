// Package embedded holds the parts of marquee that need no setup: a data
// directory with its lock, its Unix socket, its secret key and its SQLite file,
// and a Redis inside the process.
//
// It knows neither SQL nor HTTP nor what is kept in the Redis it starts.
package embedded
