package httpapi_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// database is the store seen from outside.
type database struct {
	*rig
	*sql.DB
	postgres bool
}

func (r *rig) database() database {
	r.Helper()
	driver, url := "pgx", r.dbURL
	path, lite := strings.CutPrefix(r.dbURL, "sqlite:")
	if lite {
		driver, url = "sqlite", path
	}
	db, err := sql.Open(driver, url)
	must(r, err)
	r.Cleanup(func() { db.Close() })
	return database{r, db, !lite}
}

// texts are the values of a query's only column.
func (d database) texts(query string, args ...any) (all []string) {
	d.Helper()
	rows, err := d.QueryContext(d.Context(), query, args...)
	must(d, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		must(d, rows.Scan(&s))
		all = append(all, s)
	}
	must(d, rows.Err())
	return all
}

func (d database) tables() []string {
	if d.postgres {
		return d.texts("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
	}
	return d.texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'movie_terms%'")
}

// userColumns are those that refer to a person, by a foreign key or by name:
// "table.column".
func (d database) userColumns() (all []string) {
	if d.postgres {
		return d.texts(`SELECT t.relname || '.' || a.attname FROM pg_attribute AS a JOIN pg_class AS t ON t.oid = a.attrelid
			WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.attnum > 0 AND (a.attname IN ('user_id', 'actor_id') OR EXISTS
				(SELECT 1 FROM pg_constraint AS k WHERE k.contype = 'f' AND k.confrelid = 'users'::regclass AND k.conrelid = t.oid AND a.attnum = ANY (k.conkey)))`)
	}
	for _, t := range d.tables() {
		all = append(all, d.texts(`SELECT ? || '.' || name FROM pragma_table_info(?) WHERE name IN ('user_id', 'actor_id')
			UNION SELECT ? || '.' || "from" FROM pragma_foreign_key_list(?) WHERE "table" = 'users'`, t, t, t, t)...)
	}
	return all
}

func (d database) count(query string, args ...any) (n int) {
	d.Helper()
	must(d, d.QueryRowContext(d.Context(), query, args...).Scan(&n))
	return n
}

// traces lists the tables that hold one of words anywhere.
func (d database) traces(words ...string) (found []string) {
	d.Helper()
	for _, t := range d.tables() {
		rows, err := d.QueryContext(d.Context(), "SELECT * FROM "+t)
		must(d, err)
		names, err := rows.Columns()
		must(d, err)
		for rows.Next() {
			cells := make([]any, len(names))
			for i := range cells {
				cells[i] = new(any)
			}
			must(d, rows.Scan(cells...))
			for i, c := range cells {
				text := fmt.Sprintf("%s", *c.(*any))
				for _, w := range words {
					if strings.Contains(text, w) {
						found = append(found, t+"."+names[i]+": "+w)
					}
				}
			}
		}
		must(d, errors.Join(rows.Err(), rows.Close()))
	}
	return found
}

// wrongSums counts films whose sums are not those of their ratings.
func (d database) wrongSums() int {
	return d.count(`SELECT COUNT(*) FROM movies AS m WHERE m.rating_sum <> COALESCE((SELECT SUM(r.rating) FROM ratings AS r WHERE r.movie_id = m.id), 0)
		OR m.rating_count <> (SELECT COUNT(*) FROM ratings AS r WHERE r.movie_id = m.id)`)
}

// livelyPerson is somebody of whom every table holds something: an account that
// has lived. Another superuser is there.
func (r *rig) livelyPerson(name, agent string) (c *client.Client, id string) {
	r.Helper()
	ctx := r.Context()
	r.member("boss", true)
	u, err := r.operator.CreateUser(ctx, marquee.Registration{Email: name + "@example.com", Username: name, Password: goodPassword}, true)
	must(r, err)
	open := func() *client.Client {
		c, err := client.New(client.Options{BaseURL: r.url, Agent: agent})
		must(r, err)
		r.Cleanup(c.Close)
		return c
	}
	c = open()
	credentials := marquee.Credentials{Login: name, Password: goodPassword}
	for range 2 {
		_, err = c.Login(ctx, credentials)
		must(r, err)
	}
	_, err = open().Login(ctx, marquee.Credentials{Login: name, Password: "not the one"})
	r.wantCode("a failure", err, marquee.CodeWrongCredentials)
	must(r, c.RateMovie(ctx, r.film, 9))
	must(r, c.AddToWatchlist(ctx, r.film))
	must(r, c.MarkWatched(ctx, r.film, "2026-03-01"))
	other, err := r.operator.CreateUser(ctx, marquee.Registration{Email: "other@example.com", Username: "other", Password: goodPassword}, false)
	must(r, err)
	_, err = c.ChangeUser(ctx, other.ID, marquee.UserChange{IsActive: flag(false)})
	must(r, err)
	_, _, err = r.operator.PasswordLink(ctx, name)
	must(r, err)
	secret, err := c.StartTOTP(ctx)
	must(r, err)
	_, err = c.ConfirmTOTP(ctx, marquee.FirstCode{Code: r.code(secret.Secret)})
	must(r, err)
	_, err = newHolder(r).link(c, marquee.KeyLink{})
	must(r, err)
	_, err = open().Login(ctx, credentials)
	r.wantCode("the second step", err, marquee.CodeMFARequired)
	d, err := c.AskDevice(ctx, marquee.Origin{})
	must(r, err)
	must(r, c.AnswerDevice(ctx, d.UserCode, false, marquee.Origin{}))
	return c, u.ID
}

func TestDeletedAccountLeavesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{limits: usual()})
		ctx := t.Context()
		fan := r.signIn("fan.of.films")
		r.want(r.send(request{method: "PUT", path: "/api/v1/movies/" + r.film + "/rating", token: fan, json: object{"rating": 4}}), 204, "")
		c, id := r.livelyPerson("leaver", "leavers-agent")
		d := r.database()
		columns := d.userColumns()
		if len(columns) < 10 {
			t.Fatalf("only %v", columns)
		}
		for _, column := range columns {
			table, name, _ := strings.Cut(column, ".")
			if d.count("SELECT COUNT(*) FROM "+table+" WHERE "+name+" = '"+id+"'") == 0 {
				t.Errorf("nothing of the person is in %s: this test must put something there", column)
			}
		}
		film, err := c.FindMovie(ctx, r.film, "en")
		if err != nil || film.RatingCount != 2 || film.RatingAverage != 6.5 {
			t.Fatalf("%+v %v", film, err)
		}

		must(t, c.DeleteMe(ctx, marquee.Deletion{CurrentPassword: goodPassword}))
		if c.SignedIn() {
			t.Error("the client still holds a pair")
		}
		if found := d.traces(id, "leaver"); len(found) > 0 {
			t.Errorf("left:\n%s", strings.Join(found, "\n"))
		}
		if d.wrongSums() != 0 {
			t.Error("an average still holds a rating that is gone")
		}
		got := r.want(r.send(request{method: "GET", path: "/api/v1/movies/" + r.film, token: fan}), 200, "")
		if got.json["rating_count"] != 1.0 || got.json["rating_average"] != 4.0 || got.json["my_rating"] != 4.0 {
			t.Error(got.text)
		}
		if d.count("SELECT COUNT(*) FROM activity WHERE kind = 'account_deleted' AND user_id IS NULL AND actor_id IS NULL AND actor = 'self'") != 1 {
			t.Error("that an account was deleted is not on record")
		}
		keys, err := r.redis.Keys(ctx, "*").Result()
		must(t, err)
		for _, k := range keys {
			if life, err := r.redis.PTTL(ctx, k).Result(); err != nil || life <= 0 || life > auth.MostMemory {
				t.Errorf("%s stays in Redis: %v %v", k, life, err)
			}
			if strings.Contains(k, "leaver") {
				t.Errorf("%s names him", k)
			}
		}

		r.register("leaver") // name and address are free
		r.want(r.me(r.login("leaver").str("access_token")), 200, "")
	})
}

// Everything of the person ends at once, everywhere, whatever was under way.
func TestDeletionWhileThePersonIsBusy(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		boss, leaver := r.member("boss", true), r.member("leaver", false)
		page, err := boss.FindMovies(ctx, marquee.MovieFilter{})
		must(t, err)
		other, pair := r.signedIn("leaver"), r.login("leaver")
		stream := r.listen(pair.str("access_token"))
		var busy sync.WaitGroup
		for range 3 {
			busy.Go(func() {
				for i := range 30 {
					film := page.Items[i%len(page.Items)].ID
					_ = boss.RateMovie(ctx, film, i%10+1)
					if leaver.RateMovie(ctx, film, 10-i%10) != nil {
						return
					}
					_ = leaver.MarkWatched(ctx, film, "2026-03-01")
				}
			})
		}
		for err = marquee.Unavailable("", nil); marquee.IsCode(err, marquee.CodeUnavailable); {
			err = other.DeleteMe(ctx, marquee.Deletion{CurrentPassword: goodPassword})
		}
		must(t, err)
		r.want(r.me(pair.str("access_token")), 401, marquee.CodeInvalidToken)
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/refresh", json: object{"refresh_token": pair.str("refresh_token")}}), 401, marquee.CodeInvalidToken)
		stream.want(marquee.LiveSessionEnded, pair.str("session_id"))
		busy.Wait()
		d := r.database()
		if n := d.wrongSums(); n != 0 {
			t.Errorf("%d films with a wrong average", n)
		}
		if found := d.traces(leaver.id, "leaver"); len(found) > 0 {
			t.Errorf("left: %v", found)
		}
	})
}

// Neither a stolen token nor a terminal left alone is enough.
func TestAttack_DeletingSomebodysAccount(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{limits: tight()})
		ctx := t.Context()
		boss, mina := r.member("boss", true), r.member("mina", false)
		r.wantCode("without the password", mina.DeleteMe(ctx, marquee.Deletion{CurrentPassword: "a guess"}), marquee.CodeWrongPassword)
		r.wantCode("again", mina.DeleteMe(ctx, marquee.Deletion{CurrentPassword: "a guess"}), marquee.CodeWrongPassword)
		r.wantCode("too often", mina.DeleteMe(ctx, marquee.Deletion{CurrentPassword: goodPassword}), marquee.CodeTooManyRequests)
		r.clock.advance(11 * time.Minute)
		r.wantCode("an old sign-in", mina.DeleteMe(ctx, marquee.Deletion{CurrentPassword: goodPassword}), marquee.CodeStepUpRequired)
		must(t, boss.StepUp(ctx, marquee.StepUp{Password: goodPassword}))
		r.wantCode("the last superuser", boss.DeleteMe(ctx, marquee.Deletion{CurrentPassword: goodPassword}), marquee.CodeLastSuperuser)
		_, err := mina.Me(ctx)
		must(t, err)
		must(t, mina.StepUp(ctx, marquee.StepUp{Password: goodPassword}))
		must(t, mina.DeleteMe(ctx, marquee.Deletion{CurrentPassword: goodPassword})) // the twin
	})
}
