// Package client speaks to a marquee server over HTTP: it implements the
// interfaces of common/marquee, holds the pair of tokens and renews it unseen.
//
// Every exchange goes through one request path (do), every token through one
// source. The package knows nothing of terminals, files or the server's
// insides; where tokens rest is a TokenStore of the caller's. It never logs,
// and no token appears in an error.
package client
