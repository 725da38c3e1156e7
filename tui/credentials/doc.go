// Package credentials is where tokens rest between two starts of the program:
// a file that only its owner can read, one for each server, locked between
// processes. It implements client.TokenStore.
//
// It knows nothing of servers or terminals, and prints no token.
package credentials
