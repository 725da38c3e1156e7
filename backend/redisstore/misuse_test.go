package redisstore_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Bugs that others have had with Redis and this library, by their number.
func TestAttack_Misuse(t *testing.T) {
	for _, row := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"C17 a lost answer runs nothing twice", lostAnswerRunsNothingTwice},
		{"C17 Redis silent, refused or gone", silentRefusedOrGone},
		{"C18 a late answer is nobody else's", lateAnswer},
		{"C19 an error is no answer", errorsAreNoAnswer},
		{"C20 ids in keys", keysFromOutside},
		{"C20 names in keys", namesInKeys},
		{"C21 a Redis that evicts", redisThatEvicts},
	} {
		t.Run(row.name, row.test)
	}
}

// An answer that comes when its caller has given up must not be taken for that
// of the next one on the connection.
func lateAnswer(t *testing.T) {
	gaveUp := make(chan struct{})
	var first atomic.Bool
	client := dial(t, "redis://"+listen(t, func(c net.Conn) {
		for r := bufio.NewReader(c); ; {
			words, err := readCommand(r)
			if err != nil {
				return
			}
			if !strings.EqualFold(words[0], "get") {
				_, _ = fmt.Fprint(c, "-ERR unknown command\r\n")
				continue
			}
			key := words[1]
			if key == "late" && first.CompareAndSwap(false, true) {
				<-gaveUp
			}
			if _, err := fmt.Fprintf(c, "$%d\r\n%s\r\n", len(key), key); err != nil {
				return
			}
		}
	}))
	hurried, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := client.Get(hurried, "late").Err(); err == nil {
		t.Error("it was not late")
	}
	close(gaveUp)
	for i := range 50 {
		want := fmt.Sprint("key", i)
		if got, err := client.Get(t.Context(), want).Result(); err != nil || got != want {
			t.Fatalf("asked for %s, got %q %v", want, got, err)
		}
	}
	if got, err := client.Get(t.Context(), "late").Result(); err != nil || got != "late" { // the twin
		t.Errorf("%q %v", got, err)
	}
}

// readCommand reads a command as clients send it (RESP2).
func readCommand(r *bufio.Reader) (words []string, err error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	n := 0
	if _, err := fmt.Sscanf(line, "*%d", &n); err != nil || n < 1 {
		return nil, fmt.Errorf("no command: %q", line)
	}
	for range n {
		if _, err := r.ReadString('\n'); err != nil { // the length; no word here has a line end
			return nil, err
		}
		word, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		words = append(words, strings.TrimSpace(word))
	}
	return words, nil
}
