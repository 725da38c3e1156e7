package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// floodFlag has the floodTask of a process that is to be the clients.
	floodFlag    = "MARQUEE_TEST_BE_THE_CLIENTS"
	floodClients = 64
	// floodCalm is how long the clients ask before they flood.
	floodCalm = 2 * time.Second
)

type floodTask struct {
	URL, RefreshToken string
	SignIns           int
}

// floodSaw is what the clients saw of a flood, and how many sign-ins were
// turned away.
type floodSaw struct {
	Shed  int64
	Times floodTimes
}

// floodTimes are milliseconds: the longest of /livez, and how long 99 of 100
// refreshes took at most.
type floodTimes struct{ Livez, Refresh float64 }

// beTheClients tells how quick the server is, floods it once its standard input
// has ended, and tells what it saw of that.
func beTheClients(task string) int {
	f := &flood{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * floodClients}}}
	if err := json.Unmarshal([]byte(task), &f.floodTask); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	tell := json.NewEncoder(os.Stdout)
	_ = tell.Encode(f.ask(func() { <-time.After(floodCalm) }))
	_, _ = io.Copy(io.Discard, os.Stdin)
	var saw floodSaw
	saw.Times = f.ask(func() { saw.Shed = f.signIn() })
	if err := f.failed.Load(); err != nil {
		fmt.Fprintln(os.Stderr, *err)
		return 1
	}
	_ = tell.Encode(saw)
	return 0
}

type flood struct {
	floodTask
	client *http.Client
	failed atomic.Pointer[error]
}

// ask refreshes and asks /livez while something is done.
func (f *flood) ask(during func()) floodTimes {
	over := make(chan struct{})
	var beside sync.WaitGroup
	watch := func(look func()) *[]float64 {
		var times []float64
		beside.Go(func() {
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					times = append(times, took(look))
				case <-over:
					return
				}
			}
		})
		return &times
	}
	livez := watch(func() { f.send("GET", "/livez", "192.0.2.1", nil, http.StatusOK) })
	refreshes := watch(func() {
		text, _ := f.send("POST", "/api/v1/auth/refresh", "192.0.2.2", object{"refresh_token": f.RefreshToken}, http.StatusOK)
		var got struct {
			RefreshToken string `json:"refresh_token"`
		}
		if json.Unmarshal(text, &got) == nil && got.RefreshToken != "" {
			f.RefreshToken = got.RefreshToken
		}
	})
	during()
	close(over)
	beside.Wait()
	if len(*livez) == 0 || len(*refreshes) == 0 {
		f.fail(fmt.Errorf("nobody came to ask"))
		return floodTimes{}
	}
	slices.Sort(*refreshes)
	return floodTimes{Livez: slices.Max(*livez), Refresh: (*refreshes)[len(*refreshes)*99/100]}
}

// signIn is the flood.
func (f *flood) signIn() (shed int64) {
	var left, away atomic.Int64
	left.Store(int64(f.SignIns))
	var all sync.WaitGroup
	for i := range floodClients {
		all.Go(func() {
			body := object{"username": fmt.Sprint("nobody", i), "password": "a guess"}
			for left.Add(-1) >= 0 {
				_, status := f.send("POST", "/api/v1/auth/login", fmt.Sprintf("198.18.%d.1", i), body, http.StatusUnauthorized, http.StatusServiceUnavailable)
				if status == http.StatusServiceUnavailable {
					away.Add(1)
				}
			}
		})
	}
	all.Wait()
	return away.Load()
}

// send asks from an address and notes an answer that none of want is.
func (f *flood) send(method, path, from string, body any, want ...int) (text []byte, status int) {
	in, err := json.Marshal(body)
	if err != nil {
		panic(err) // never: bodies are ours
	}
	req, err := http.NewRequest(method, f.URL+path, bytes.NewReader(in))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", from)
	resp, err := f.client.Do(req)
	if err != nil {
		f.fail(err)
		return nil, 0
	}
	defer resp.Body.Close()
	text, err = io.ReadAll(resp.Body)
	if err == nil && !slices.Contains(want, resp.StatusCode) {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, text)
	}
	if err != nil {
		f.fail(err)
	}
	return text, resp.StatusCode
}

// fail keeps the first thing that went wrong.
func (f *flood) fail(err error) { f.failed.CompareAndSwap(nil, &err) }
