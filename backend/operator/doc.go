// Package operator is what the person who runs the server can do from its
// command line: make and mend accounts, import films and people. A command
// acts in the process that holds the stores: in the running server of a data
// directory, reached through its private socket, or in the program that was
// called. It must not know how the stores are opened, nor flags or terminals.
package operator
