package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/crypto/bcrypt"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// said keeps what a command says.
type said struct{ lines, notes []string }

func (s *said) Line(text string)           { s.lines = append(s.lines, text) }
func (s *said) Note(text string)           { s.notes = append(s.notes, text) }
func (s *said) Progress(operator.Progress) {}

func (s *said) String() string { return strings.Join(append(s.lines, s.notes...), "\n") }

func operate(t *testing.T, environ []string, c operator.Command) (int, *said) {
	t.Helper()
	out := &said{}
	code, err := app.Operate(t.Context(), load(t, environ), app.Options{}, c, lang.In(lang.English), out)
	check(t, err)
	return code, out
}

// Nobody has to lock an account that came with the program.
func TestNobodyIsThereFromTheStart(t *testing.T) {
	environ := []string{"MARQUEE_DATA_DIR=" + t.TempDir()} // not even the schema is there
	if code, out := operate(t, environ, operator.ListUsers{}); code != 0 || out.String() != "" {
		t.Errorf("exit %d: %s", code, out)
	}
	if code, out := operate(t, environ, operator.CreateUser{Username: "first", Email: "first@example.com", Password: password}); code != 0 {
		t.Fatal(out)
	}
	if _, out := operate(t, environ, operator.ListUsers{}); len(out.lines) != 1 { // the twin
		t.Error(out)
	}
}

// Commands act the same with a server beside them and without one.
func TestCommandsActBesideAServerAndAlone(t *testing.T) {
	onPairs(t, func(t *testing.T, environ []string) {
		if code, out := operate(t, environ, operator.CreateUser{Username: "alone", Email: "alone@example.com", Password: password, Superuser: true}); code != 0 {
			t.Fatal(out)
		}
		s := serve(t, environ)
		if code, out := operate(t, environ, operator.CreateUser{Username: "beside", Email: "beside@example.com", Password: password}); code != 0 {
			t.Fatal(out)
		}
		if code, out := operate(t, environ, operator.CreateUser{Username: "x", Email: "x", Password: "short"}); code != 1 || len(out.notes) != 3 {
			t.Error(code, out)
		}
		u, err := visit(t, s.URL()).login("alone").Me(t.Context())
		check(t, err)
		if !u.IsSuperuser {
			t.Error("no superuser")
		}
		v := visit(t, s.URL()).login("beside")
		held := v.held()
		wantStatus(t, s.URL(), held.AccessToken, 200)
		if code, out := operate(t, environ, operator.SetActive{Login: "beside"}); code != 0 {
			t.Error(out)
		}
		wantRefused(t, s.URL(), held)
		if code, out := operate(t, environ, operator.SetActive{Login: "nobody"}); code != 1 || len(out.notes) == 0 {
			t.Error(code, out)
		}
		_, out := operate(t, environ, operator.ListUsers{})
		if len(out.lines) != 2 || !strings.Contains(out.lines[1], "disabled") {
			t.Error(out)
		}
		_, out = operate(t, environ, operator.PasswordLink{Login: "alone"})
		if len(out.lines) != 1 || get(t, s.URL()+out.lines[0][strings.Index(out.lines[0], operator.PasswordPath):]) != 200 {
			t.Error(out)
		}
	})
}

// Nobody reaches the operator's endpoint by TCP.
func TestAttack_OperatorOverTCP(t *testing.T) {
	s := serve(t, embeddedPair(t))
	command := `{"name":"user create","command":{"username":"mallory","email":"m@example.com","password":"` + password + `","superuser":true}}`
	if status := post(t, s.URL()+operator.Path, command); status < 400 || status >= 500 {
		t.Errorf("status %d", status)
	}
	if _, err := visit(t, s.URL()).Login(t.Context(), marquee.Credentials{Login: "mallory", Password: password}); !marquee.IsCode(err, marquee.CodeWrongCredentials) {
		t.Error(err)
	}
	// Without the attack: on the socket it answers.
	code, err := operator.Send(t.Context(), s.Socket(), operator.CreateUser{Username: "friend", Email: "f@example.com", Password: password}, "en", &said{})
	if code != 0 || err != nil {
		t.Error(code, err)
	}
	visit(t, s.URL()).login("friend")
}

func TestImportReportsBadRows(t *testing.T) {
	dir := t.TempDir()
	good, broken := filepath.Join(dir, "good.json"), filepath.Join(dir, "broken.json")
	check(t, os.WriteFile(good, []byte(`[{"title":"Night Train","year":1959,"cast":[],"genres":["Drama"],"href":"Night_Train"},{"title":"","year":1990},7]`), 0o600))
	check(t, os.WriteFile(broken, []byte(`[{"title":"Cut off","year":1980,"cast":[]`), 0o600))
	environ := embeddedPair(t)
	code, out := operate(t, environ, operator.ImportFilms{Paths: []string{broken, filepath.Join(dir, "none.json"), good}})
	text := out.String()
	if code != 1 || !strings.Contains(text, "3 rows: 1 added, 0 updated, 0 unchanged, 2 bad") || !strings.Contains(text, "line 1 (row 1)") || !strings.Contains(text, "none.json") {
		t.Error(code, text)
	}
	if code, out := operate(t, environ, operator.ImportFilms{Paths: []string{good}}); code != 0 || !strings.Contains(out.String(), "0 added, 0 updated, 1 unchanged") {
		t.Error(code, out)
	}
}

// People of the article's database sign in with their old passwords.
func TestPeopleOfTheArticleMoveIn(t *testing.T) {
	source := testrig.Postgres(t)
	articleTable(t, source, []articleRow{
		{1, "ann@example.com", "annlee", true}, {2, "off@example.com", "offline", false},
		{3, "kim@example.com", "김", true}, {4, "twin@example.com", "AnnLee", true},
	})
	environ := embeddedPair(t)
	s := serve(t, environ)
	from := strings.Replace(source, "postgres://", "postgresql+asyncpg://", 1)
	code, out := operate(t, environ, operator.ImportUsers{From: from})
	if code != 1 || !strings.Contains(out.String(), "3 imported") || !strings.Contains(out.String(), "AnnLee") {
		t.Fatal(code, out)
	}
	for _, login := range []string{"annlee", "ann@example.com", "김"} {
		visit(t, s.URL()).login(login)
		visit(t, s.URL()).login(login) // once more, on the new hash
	}
	for _, c := range []marquee.Credentials{{Login: "offline", Password: password}, {Login: "annlee", Password: password + "x"}, {Login: "twin@example.com", Password: password}} {
		if _, err := visit(t, s.URL()).Login(t.Context(), c); !marquee.IsCode(err, marquee.CodeWrongCredentials) {
			t.Errorf("%s: %v", c.Login, err)
		}
	}
	if _, out := operate(t, environ, operator.ImportUsers{From: from}); !strings.Contains(out.String(), "0 imported, 3 were there already") {
		t.Error(out)
	}
}

type articleRow struct {
	id              int
	email, username string
	active          bool
}

// articleTable makes the table users as the article's program does.
func articleTable(t *testing.T, url string, rows []articleRow) {
	t.Helper()
	ctx := t.Context()
	c, err := pgx.Connect(ctx, url)
	check(t, err)
	defer c.Close(ctx)
	_, err = c.Exec(ctx, `CREATE TABLE users (id SERIAL PRIMARY KEY, email VARCHAR UNIQUE, username VARCHAR UNIQUE,
		hashed_password VARCHAR, is_active BOOLEAN, is_superuser BOOLEAN, created_at TIMESTAMP, updated_at TIMESTAMP)`)
	check(t, err)
	hash, err := bcrypt.GenerateFromPassword([]byte(password), 4)
	check(t, err)
	for _, r := range rows {
		_, err := c.Exec(ctx, `INSERT INTO users VALUES ($1, $2, $3, $4, $5, false, now() - make_interval(days => 100 - $1), NULL)`,
			r.id, r.email, r.username, fmt.Sprintf("$2b$%s", hash[4:]), r.active)
		check(t, err)
	}
}
