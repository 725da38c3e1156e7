package main

import (
	"context"
	"encoding/json"
	"time"

	"example.com/marquee/common/marquee"
)

// seenMost is how many films are kept for the next start: more than most
// screens have rows.
const seenMost = 40

// rememberTimeout bounds the wait for another process that writes.
const rememberTimeout = 2 * time.Second

// seenFilms is the top of the film list as it was seen last.
type seenFilms struct {
	Language string                      `json:"language"`
	Page     marquee.Page[marquee.Movie] `json:"page"`
}

// seen returns the films that were seen last in this session and language, an
// empty page if there are none. They are shown until the server's answer
// comes.
func (c *connection) seen(language string) marquee.Page[marquee.Movie] {
	var s seenFilms
	if c.store == nil || json.Unmarshal(c.store.Remembered(), &s) != nil || s.Language != language {
		return marquee.Page[marquee.Movie]{}
	}
	return s.Page
}

// remember keeps the top of the film list. What cannot be kept is not missed.
func (c *connection) remember(language string, page marquee.Page[marquee.Movie]) {
	page.Items = append([]marquee.Movie(nil), page.Items[:min(seenMost, len(page.Items))]...)
	for i := range page.Items {
		page.Items[i].Overview = marquee.CleanText(page.Items[i].Overview, 300)
	}
	// The rest of the list is asked for behind the answer of the server only.
	page.NextCursor, page.PrevCursor = nil, nil
	if b, err := json.Marshal(seenFilms{language, page}); err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), rememberTimeout)
		defer cancel()
		_ = c.store.Remember(ctx, b)
	}
}
