package app

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

var update = flag.Bool("update", false, "write the golden screens")

// scene is a page in a state, and words that its screen has in each language.
type scene struct {
	name     string
	signedIn bool
	keys     []string
	en, ko   []string
}

var scenes = []scene{
	{"sign_in", false, nil, []string{"Sign in", "Password"}, []string{"로그인", "비밀번호"}},
	{"register", false, []string{"tab", "tab", "tab", "enter", "ab", "tab"},
		[]string{"New account", "At least 4 characters.", "ab"}, []string{"회원가입", "4자 이상이어야 합니다.", "ab"}},
	{"films", true, []string{"jj"}, []string{"Films", "3 / 60", "살인의 추억"}, []string{"영화", "3 / 60", "살인의 추억"}},
	{"search", true, []string{"/", "추"}, []string{"/ 추"}, []string{"/ 추"}},
	{"film", true, []string{"j", "enter", "9", "w"},
		[]string{"Parasite", "132 min", "★9", "https://www.imdb.com/title/tt6751668/"}, []string{"Parasite", "132분", "★9", "https://www.imdb.com/title/tt6751668/"}},
	{"account", true, []string{"a"}, []string{"Account", "Sign out"}, []string{"계정", "로그아웃"}},
	{"export", true, []string{"a", "end", "up", "up", "up", "enter"}, []string{"Export my data", "marquee-mina-2026-11-23.json", "[ Write the file ]"}, []string{"내 데이터 내보내기", "marquee-mina-2026-11-23.json", "[ 파일로 저장 ]"}},
	{"delete", true, []string{"a", "end", "up", "up", "enter", "x", "tab"}, []string{"Delete my account", "The two entries differ.", "Delete it for ever"}, []string{"계정 삭제", "되돌릴 수 없습니다", "영구히 삭제"}},
	{"profile", true, []string{"a", "j", "enter"}, []string{"Name and e-mail", "mina@example.com", "Present password"}, []string{"이름과 이메일", "mina@example.com", "현재 비밀번호"}},
	{"password", true, []string{"a", "j", "j", "enter", "x", "tab", "short", "tab"}, []string{"New password", "At least 8 characters."}, []string{"새 비밀번호", "8자 이상이어야 합니다."}},
	{"strength", false, []string{"tab", "tab", "tab", "enter", "minari", "tab", "m@example.com", "tab", "minari2xk7q4"},
		[]string{"██████░░░░░░ weak: your name or address"}, []string{"██████░░░░░░ 약함: 이름이나 주소"}},
	{"enrol", true, []string{"a", "enter", "enter"}, []string{"Second factor", "JBSW", "Code"}, []string{"2단계 인증", "JBSW", "코드"}},
	{"recovery", true, []string{"a", "enter", "enter", "492039", "enter"}, []string{"k7qm-2xhd-9fw9", "I have kept them"}, []string{"k7qm-2xhd-9fw9", "보관했습니다"}},
	{"filter", true, []string{"f"}, []string{"Which films?", "Genre", "From year"}, []string{"어떤 영화를", "장르", "시작 연도"}},
	{"sessions", true, []string{"S", "j"}, []string{"Sessions", "this one, now", "Firefox · Linux", "12 min ago"}, []string{"세션", "지금 이 세션", "Firefox · Linux", "12분 전"}},
	{"sessions_all", true, []string{"S", "e"}, []string{"Sign out everywhere, here as well?", "[ Cancel ]"}, []string{"모든 곳에서 로그아웃할까요?", "[ 취소 ]"}},
	{"watchlist", true, []string{"W"}, []string{"Watchlist", "1 / 1", "살인의 추억"}, []string{"관심 영화", "1 / 1", "살인의 추억"}},
	{"diary", true, []string{"D", "right", "left"}, []string{"Diary", "2026-10", "entries: 2", "↻", "Parasite"}, []string{"일기", "2026-10", "2편", "↻", "Parasite"}},
	{"film_day", true, []string{"j", "enter", "d", "down", "down"}, []string{"When did you see it?", "2026-11-21"}, []string{"언제 보셨나요?", "2026-11-21"}},
	{"activity", true, []string{"V", "j"}, []string{"Activity", "2026-11-23 04:00", "2001:db8::17"}, []string{"활동", "2026-11-23 04:00", "2001:db8::17"}},
	{"token", true, []string{"T"}, []string{"Token", "22 min 59 s of 30 min", "3 s ahead", "✓ accepted", "one-time code"}, []string{"토큰", "30분 0초 중 22분 59초", "3초 빠름", "✓ 유효함", "일회용 코드"}},
	{"elsewhere", false, []string{"ctrl+o"}, []string{"BCDF-GHJK", "42", "films.example.com/device", "9 min 59 s", "█"}, []string{"BCDF-GHJK", "42", "films.example.com/device", "9분 59초", "█"}},
	{"approve", true, []string{"P", "bcdfghjk", "enter", "41", "enter"}, []string{"192.0.2.7", "studio", "08:58 (2 min ago)", "shows another number"}, []string{"192.0.2.7", "studio", "08:58 (2분 전)", "숫자가 아닙니다"}},
	{"users", true, []string{"U", "j"}, []string{"Users", "2 / 130", "disabled", "지훈"}, []string{"사용자", "2 / 130", "정지됨", "지훈"}},
	{"users_sure", true, []string{"U", "x"}, []string{"person000", "Disable this account?"}, []string{"person000", "이 계정을 정지할까요?"}},
	{"keys", true, []string{"K", "j"}, []string{"SSH keys", "작업실 노트북", "blue token", "never", "it alone signs in"}, []string{"SSH 키", "blue token", "없음", "키만으로 로그인합니다"}},
	{"keys_sure", true, []string{"K", "x"}, []string{"Remove this key?", "[ Cancel ]"}, []string{"이 키를 삭제할까요?", "[ 취소 ]"}},
	{"edit_key", true, []string{"K", "e", "tab"}, []string{"작업실 노트북", "◂ ask for my code besides ▸"}, []string{"작업실 노트북", "◂ 코드도 묻기 ▸"}},
	{"key_choice", true, []string{"K", "n", "j"}, []string{"mina@studio", "agent", "미나의 열쇠", "RSA", "Another one"}, []string{"mina@studio", "에이전트", "미나의 열쇠", "다른 키"}},
	{"link_key_name", true, []string{"K", "n", "enter"}, []string{"mina@studio", "signs in alone", "Link this key"}, []string{"mina@studio", "키만으로", "이 키 연결"}},
	{"link_key_sign", true, []string{"K", "n", "G", "enter", elsewhere, "enter", "tab", "tab", "enter"}, []string{"within a minute", "keygen -Y sign", "Copy the command"}, []string{"1분 안에", "keygen -Y sign", "명령 복사"}},
	{"sign_in_key", false, []string{"ctrl+y", "j"}, []string{"Which key?", "mina@studio", "id_rsa"}, []string{"어떤 키로", "mina@studio", "id_rsa"}},
	{"palette", true, []string{":", "w", "a", "t"}, []string{"Every action", "watchlist"}, []string{"모든 동작"}},
	{"messages", true, []string{"y", "j", "y", "M"}, []string{"Messages", "09:00:00", "Parasite (2019)"}, []string{"알림 기록", "09:00:00", "Parasite (2019)"}},
	{"help", true, []string{"?"}, []string{"On this page", "search"}, []string{"이 화면에서", "검색"}},
	{"sign_in_ssh", false, nil, []string{"Password", "SHA256:7xC/", "ssh -i ~/.ssh/KEY"}, []string{"비밀번호", "SHA256:7xC/", "ssh -i ~/.ssh/KEY"}},
	{"link_key", false, []string{"mina", "tab", "right password", "enter"}, []string{"ssh-ed25519", "SHA256:7xC/", "Not now"}, []string{"ssh-ed25519", "SHA256:7xC/"}},
	{"code", false, []string{"mina", "tab", "right password", "enter"}, []string{"The six digits of your", "authenticator app", "Start over"}, []string{"인증"}},
	{"factor_on", true, []string{"a", "enter"}, []string{"Recovery codes left: 7", "Turn it off"}, []string{"7"}},
	{"prove", true, []string{"K", "n", "enter", "enter", "enter", "enter"}, []string{"Your sign-in was a while ago", "Password", "Code"}, []string{"비밀번호", "코드"}},
	{"lock", true, []string{"j", "enter"}, []string{"08:59: This session was ended", "from another one of yours.", "mina"}, []string{"08:59", "mina"}},
	{"offline", true, []string{"j"}, []string{"offline", "The server does not answer.", "2 / 60"}, []string{"2 / 60"}},
	{"alert", true, []string{"j"}, []string{"New sign-in: Firefox · Linux, 192.0.2.7.", "end that session", "2 / 60"}, []string{"Firefox · Linux, 192.0.2.7", "ctrl+x", "2 / 60"}},
	{"too_many", false, []string{"mina", "tab", "wrong", "enter"}, []string{"Too many tries.", "Wait 26 s."}, []string{"mina", "26"}},
	{"loading", true, nil, []string{"Films", "Loading"}, []string{"영화"}},
	{"nothing", true, []string{"/", "qxqx"}, []string{"/ qxqx", "0 / 0"}, []string{"/ qxqx"}},
	{"jump", true, []string{"J", "F"}, []string{"jump to: F", "/ 60"}, []string{"F", "/ 60"}},
	{"too_small", true, []string{"j"}, []string{"39x11", "40x12"}, []string{"39x11", "40x12"}},
}

// needRoom are the words that 40x12 has no line for, or breaks.
var needRoom = []string{
	"Sign out", "로그아웃", "되돌릴 수 없습니다", "mina@example.com", "Which films?", "어떤 영화를", "모든 곳에서 로그아웃할까요?", "one-time code", "일회용 코드",
	"3초 빠름", "9 min 59 s", "█", "08:58 (2 min ago)", "숫자가 아닙니다", "it alone signs in", "◂ ask for my code besides ▸", "Another one", "다른 키",
	"signs in alone", "keygen -Y sign", "Parasite (2019)", "SHA256:7xC/", "ssh -i ~/.ssh/KEY", "authenticator app", "Your sign-in was a while ago",
	"from another one of yours.", "New sign-in: Firefox · Linux, 192.0.2.7.", "Firefox · Linux, 192.0.2.7", "Wait 26 s.", "26",
	"https://www.imdb.com/title/tt6751668/", "marquee-mina-2026-11-23.json", "██████░░░░░░ weak: your name or address", "██████░░░░░░ 약함: 이름이나 주소",
}

// stage is what a scene needs besides its keys.
type stage struct {
	before func(*fakeService)
	visit  bool // it is seen over SSH, by somebody whose key is nobody's
	then   func(*driver, *fakeService)
}

var stages = map[string]stage{
	"sign_in_ssh": {visit: true},
	"link_key":    {visit: true},
	"code":        {before: func(f *fakeService) { f.user.MFAEnabled = true }},
	"factor_on":   {before: func(f *fakeService) { f.user.MFAEnabled, f.user.RecoveryCodesLeft = true, 7 }},
	"prove":       {before: func(f *fakeService) { f.user.MFAEnabled, f.old = true, true }},
	"lock": {then: func(d *driver, f *fakeService) {
		f.before = ended("me")
		d.tell(marquee.LiveEvent{Kind: marquee.LiveSessionEnded, SessionID: "s1", At: today9.Add(-time.Minute), Reason: "revoked"})
	}},
	"offline": {then: func(d *driver, f *fakeService) {
		f.before = away("")
		d.press("ctrl+r")
	}},
	"alert": {then: func(d *driver, f *fakeService) {
		d.tell(marquee.LiveEvent{Kind: marquee.LiveSignedIn, SessionID: f.sessions[1].ID, At: today9})
	}},
	"too_many": {before: func(f *fakeService) {
		f.before = func(context.Context, string) error {
			return &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: 27 * time.Second}
		}
	}},
	"loading":   {then: func(d *driver, _ *fakeService) { d.hold = true; d.press("s") }},
	"too_small": {then: func(d *driver, _ *fakeService) { d.send(tea.WindowSizeMsg{Width: 39, Height: 11}) }},
}

// catalogue has Hangul, emoji, combining marks and long names.
func catalogue() *fakeService {
	f := newFake(60)
	f.films[0].Title = "🎬 Cinéma"
	f.films[1] = marquee.Movie{ID: "1", Title: "Parasite", OriginalTitle: "기생충", Year: 2019, RuntimeMinutes: 132,
		Countries: []string{"대한민국"}, Directors: []string{"봉준호"}, Cast: []string{"송강호", "이선균", "조여정", "최우식"},
		Genres: []string{"Drama"}, Overview: strings.Repeat("반지하에 사는 가족이 부잣집에 하나씩 들어간다. ", 6), RatingAverage: 8.6, RatingCount: 1234,
		IMDbURL: marquee.IMDbURL("tt6751668"), WikipediaURL: marquee.WikipediaURL("Parasite_(2019_film)")}
	f.films[2] = marquee.Movie{ID: "2", Title: "살인의 추억", Year: 2003, OnWatchlist: true, MyRating: 10}
	for i, days := range [][]marquee.Date{{"2026-10-02"}, {"2026-09-30", "2026-10-17"}, {"2026-11-22"}} {
		f.setViewings(&f.films[i], days)
	}
	f.user.IsSuperuser = true
	f.films[3].Title = strings.Repeat("A very long title ", 12)
	return f
}

func play(t testing.TB, sc scene, s setup) *driver {
	t.Helper()
	return playOn(t, sc, s, catalogue())
}

func playOn(t testing.TB, sc scene, s setup, f *fakeService) *driver {
	t.Helper()
	s.signedIn = sc.signedIn
	st := stages[sc.name]
	if st.before != nil {
		st.before(f)
	}
	if st.visit {
		s.visit = (&comer{fakeService: f, err: marquee.E(marquee.CodeInvalidGrant)}).visit()
	}
	d := drive(t, f, s)
	d.press(sc.keys...)
	if st.then != nil {
		st.then(d, f)
	}
	d.pass(time.Second)
	return d
}

// goldenSizes are the smallest, the usual and a large terminal.
var goldenSizes = []Size{{40, 12}, {80, 24}, {200, 50}}

// The golden screens also name words and counts, so that an empty screen
// written by -update would not pass. One file has all screens of a scene; the
// words are the same with colours and without.
func TestGoldenScreens(t *testing.T) {
	if testrig.Race {
		t.Skip("one thing happens after the other")
	}
	for _, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			var all strings.Builder
			for _, size := range goldenSizes {
				for _, language := range []string{"en", "ko"} {
					fmt.Fprintf(&all, "=== %dx%d %s\n%s\n", size.Width, size.Height, language, goldenScreen(t, sc, size, language))
				}
			}
			golden(t, sc.name, all.String())
		})
	}
}

// goldenScreen plays a scene with colours and without and returns its words.
func goldenScreen(t *testing.T, sc scene, size Size, language string) string {
	t.Helper()
	var text [2]string
	for i, colour := range []termenv.Profile{termenv.Ascii, termenv.TrueColor} {
		d := play(t, sc, setup{width: size.Width, height: size.Height, language: language, colour: colour})
		for _, word := range map[string][]string{"en": sc.en, "ko": sc.ko}[language] {
			if size.Height >= 24 || !slices.Contains(needRoom, word) {
				d.shows(word)
			}
		}
		text[i] = d.text()
		drawn := d.m.View()
		if has := strings.Contains(drawn, "\x1b[38;") || strings.Contains(drawn, ";38;"); has != (colour == termenv.TrueColor) && !tooSmall(d.size()) {
			t.Errorf("%v %s: colours %v with profile %v", size, language, has, colour)
		}
	}
	if text[0] != text[1] {
		t.Errorf("%v %s: colours change the words:\n%s\n%s", size, language, text[0], text[1])
	}
	return text[0]
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	was := strings.Split(string(want), "=== ")
	for i, screen := range strings.Split(got, "=== ") {
		if i >= len(was) || screen != was[i] {
			t.Errorf("%s differs; -update writes it anew. Now:\n%s", path, screen)
		}
	}
}

// No size panics or draws a row that is too wide, whatever is pressed.
func TestNoSizePanics(t *testing.T) {
	if testrig.Race {
		t.Skip("one thing happens after the other")
	}
	keys := []string{"j", "k", "G", "g", "enter", "esc", "?", "/", "한", "x", "tab", "shift+tab", "w", "t", "9", "0", "a", "s",
		"ctrl+d", "ctrl+u", "backspace", "left", "home", "end", "🎬", "e\u0301\u0301", "ctrl+v", "ctrl+r", "f1", "down", "up", "f", "o", "e", "S", "W", "D", "J", "y", "V", "T", "U", "M", "d", "ctrl+x", "ctrl+k", ":", "K", "n", "ctrl+y"}
	for _, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, uint64(len(sc.name))))
			d := play(t, sc, setup{width: 80, height: 24, language: "ko"})
			for range 80 {
				d.send(tea.WindowSizeMsg{Width: random.IntN(301), Height: random.IntN(101)})
				d.drawn()
				d.press(keys[random.IntN(len(keys))])
				d.drawn()
				d.pass(time.Second)
			}
			for _, s := range []Size{{0, 0}, {0, 24}, {80, 0}, {1, 1}, {300, 1}, {1, 100}, {39, 12}, {40, 11}, {300, 100}} {
				d.send(tea.WindowSizeMsg{Width: s.Width, Height: s.Height})
				d.drawn()
			}
			for w := range 60 {
				d.send(tea.WindowSizeMsg{Width: w, Height: 1 + w%25})
				d.drawn()
			}
		})
	}
}

// The year stands in the same cells of every row, behind Hangul, emoji and
// combining marks alike.
func TestColumnsLineUp(t *testing.T) {
	d := play(t, scenes[2], setup{width: 80, height: 24, language: "ko"})
	c := columnsIn(80)
	for i, year := range []string{"1950", "2019", "2003", "1953"} {
		row := strings.Split(d.m.View(), "\n")[4+i]
		if got := ansi.Cut(ansi.Strip(row), 2+c.title+1, 2+c.title+5); got != year {
			t.Errorf("row %d has %q where its year should be: %q", i, got, row)
		}
	}
}
