package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// filmMaker makes films that are shaped like a real catalogue: few words are in
// many titles and most in few, Korean films are younger than others, people
// share family names. The same seed makes the same films.
type filmMaker struct {
	r       *rand.Rand
	titles  pool // of Latin words
	given   pool
	family  pool
	korean  pool // words of Hangul titles
	kanji   pool
	russian pool
	genres  pool
}

// pool is words drawn by Zipf's law, the first ones most.
type pool struct {
	words []string
	zipf  *rand.Zipf
}

func (p pool) draw() string { return p.words[p.zipf.Uint64()] }

const (
	commonWords = `love man life night day girl last time house world black woman blood heart dark king big death city little dead
		white great star story one road home boy lady secret war moon dream fire river summer wild island train lost red kiss
		mother father golden angel stranger ghost return paris wolf winter garden sea bride street doctor shadow devil game
		sun ring broken money hotel legend silent blue dragon party queen journey prison brother sister hunter storm crime
		christmas murder desert letter mountain rain hero mirror station winds school burning parasite memory thunder castle
		escape phantom butterfly witness midnight sunset autumn lighthouse chaser vertigo orchestra alien zebra host up it`
	commonGiven = `john michael david james robert william maria anna george peter paul richard charles thomas mary jack henry
		frank joseph martin daniel mark edward alan walter louis carlos antonio ivan andrei jean pierre claude marie sophie
		emma laura julia helen ruth betty margaret elizabeth hans karl otto akira toshiro setsuko amitabh raj priya`
	commonFamily = `smith johnson williams brown jones davis miller wilson moore taylor anderson thomas jackson white harris
		martin thompson garcia martinez robinson clark rodriguez lewis lee walker hall allen young hernandez king wright lopez
		hill scott green adams baker gonzalez nelson carter mitchell perez roberts turner phillips campbell parker evans
		kurosawa hitchcock schwarzenegger almodovar bergman fellini tarkovsky müller schmidt dubois ivanov singh khan`
	koreanWords = `사랑 여자 남자 밤 봄 사람 집 나 너 친구 아버지 어머니 아들 딸 바다 하늘 꽃 눈 비 길 도시 시간 기억 괴물 버닝 기생충
		추억 살인의 여름 겨울 가을 전쟁 왕 꿈 별 달 마음 인생 청춘 학교 편지 노래 도둑 형사 태양 바람 나비 고양이 복수 친절한
		올드보이 아가씨 마더 박쥐 밀양 오아시스 택시 운전사 부산행 곡성 추격자 황해 신세계 암살 밀정 명량 국제시장 아이 소년 소녀`
	koreanFamily   = `김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 홍`
	koreanGiven    = `민 지 서 현 준 우 영 수 호 성 진 은 하 연 재 동 경 혜 미 정 희 윤 태 선 원 석 훈 아 나 빈`
	romanFamily    = `Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Ryu Hong`
	romanGiven     = `min ji seo hyun jun woo young su ho sung jin eun ha yeon jae dong kyung hye mi jung hee yoon tae sun won`
	kanjiWords     = `東京 物語 七人 の 侍 羅生門 夏 春 女 男 花 火 雨 月 悲情 城市 重慶 森林 愛 夢 海 山 人間 世界`
	russianWords   = `война мир любовь Броненосец Потёмкин зеркало сталкер ночь день дом человек Москва весна зима`
	genresInOrder  = `Drama|Comedy|Documentary|Romance|Action|Thriller|Crime|Horror|Adventure|Family|Science Fiction|Music|Mystery|Animation|Fantasy|War|History|Musical|Western|Silent|Sport|Film-Noir`
	madeSyllables  = `ka ro mi len vor tas bel dun gar hol is jen kir lan mor nev ost pra quin ras sel tor ul ven wes yar zim ber cor dal fen`
	tailOfTitles   = 60_000
	tailOfNames    = 250_000
	shareKorean    = 0.06
	shareJapanese  = 0.03
	shareRussian   = 0.03
	firstMadeYear  = 1900
	lastMadeYear   = 2026
	firstKoreanOne = 1950
)

func newFilmMaker(seed uint64) *filmMaker {
	m := &filmMaker{r: rand.New(rand.NewPCG(seed, 2))}
	m.titles = m.pool(append(strings.Fields(commonWords), made(tailOfTitles, 3)...), 1.15)
	m.given = m.pool(append(strings.Fields(commonGiven), made(tailOfNames/10, 5)...), 1.25)
	m.family = m.pool(append(strings.Fields(commonFamily), made(tailOfNames, 7)...), 1.1)
	m.korean = m.pool(strings.Fields(koreanWords), 1.05)
	m.kanji = m.pool(strings.Fields(kanjiWords), 1.1)
	m.russian = m.pool(strings.Fields(russianWords), 1.1)
	m.genres = m.pool(strings.Split(genresInOrder, "|"), 1.2)
	return m
}

func (m *filmMaker) pool(words []string, s float64) pool {
	return pool{words, rand.NewZipf(m.r, s, 3, uint64(len(words)-1))}
}

// made are n words nobody has heard of, put together from syllables.
func made(n int, seed uint64) []string {
	r, parts := rand.New(rand.NewPCG(seed, 3)), strings.Fields(madeSyllables)
	out := make([]string, n)
	for i := range out {
		for range 2 + r.IntN(3) {
			out[i] += parts[r.IntN(len(parts))]
		}
	}
	return out
}

// film makes the next film, which is number i.
func (m *filmMaker) film(i int) catalog.Film {
	f := catalog.Film{Source: "made"}
	f.ID = fmt.Sprintf("%08x-0000-4000-8000-%012x", m.r.Uint32(), i)
	f.Year, f.RuntimeMinutes = m.year(firstMadeYear), 60+m.r.IntN(120)
	f.Title = m.latinTitle()
	f.OriginalTitle = f.Title
	name := m.latinName
	switch x := m.r.Float64(); {
	case x < shareKorean:
		f.Year, name = m.year(firstKoreanOne), m.koreanName
		f.OriginalTitle, f.Countries, f.Languages = m.phrase(m.korean, 3), []string{"KR"}, []string{"ko"}
		if m.r.IntN(3) == 0 {
			f.Title = f.OriginalTitle
		}
	case x < shareKorean+shareJapanese:
		f.OriginalTitle, f.Countries = m.phrase(m.kanji, 3), []string{"JP"}
	case x < shareKorean+shareJapanese+shareRussian:
		f.OriginalTitle, f.Countries = m.phrase(m.russian, 3), []string{"RU"}
	}
	f.Directors = []string{name()}
	for range 2 + m.r.IntN(7) {
		f.Cast = append(f.Cast, name())
	}
	for range 1 + m.r.IntN(4) {
		if g := m.genres.draw(); !slices.Contains(f.Genres, g) && ofTime(g, f.Year) {
			f.Genres = append(f.Genres, g)
		}
	}
	f.OverviewEN = "A film of " + m.phrase(m.titles, 9) + ", of " + m.phrase(m.titles, 9) + " and of " + m.phrase(m.titles, 9) + "."
	return catalog.Finish(f)
}

// ofTime keeps genres that had their day to it.
func ofTime(genre string, year int) bool {
	switch genre {
	case "Silent":
		return year < 1932
	case "Film-Noir":
		return year >= 1940 && year < 1960
	}
	return true
}

// year has more films the later it is.
func (m *filmMaker) year(first int) int {
	return lastMadeYear - int(float64(lastMadeYear-first+1)*m.r.Float64()*m.r.Float64())
}

func (m *filmMaker) latinTitle() string {
	title := m.phrase(m.titles, 4)
	title = strings.ToUpper(title[:1]) + title[1:]
	switch x := m.r.IntN(20); {
	case x < 5:
		title = "The " + title
	case x == 5:
		title = "A " + title
	case x == 6:
		title += fmt.Sprint(" ", 2+m.r.IntN(4))
	}
	return title
}

func (m *filmMaker) phrase(p pool, most int) string {
	words := make([]string, 1+m.r.IntN(most))
	for i := range words {
		words[i] = p.draw()
	}
	return strings.Join(words, " ")
}

func (m *filmMaker) latinName() string { return titled(m.given.draw()) + " " + titled(m.family.draw()) }

func (m *filmMaker) koreanName() string {
	family := m.r.IntN(4) * m.r.IntN(6) // Kim most of all
	one := func(of string) string {
		parts := strings.Fields(of)
		return parts[m.r.IntN(len(parts))]
	}
	if m.r.IntN(2) == 0 {
		return strings.Fields(koreanFamily)[family] + one(koreanGiven) + one(koreanGiven)
	}
	return strings.Fields(romanFamily)[family] + " " + titled(one(romanGiven)) + "-" + one(romanGiven)
}

func titled(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}

// rated says how a made film was rated: a sixth of them were, and a few by
// very many.
func rated(i int) (sum, count int) {
	if i%6 != 0 {
		return 0, 0
	}
	count = 1 + 5000/(1+i/6%997)
	return count * (20 + i/6%75) / 10, count
}

// A page as marquee.PageRequest cannot say it, for the set of searches.
const (
	pageFirst = "first"
	pageNext  = "next"
	pagePrev  = "prev"
	pageEnd   = "end"
	pageDeep  = "deep"
)

// sorts are the orders of films.
var sorts = []marquee.Sort{marquee.SortTitle, marquee.SortYear, marquee.SortYearDesc, marquee.SortRating}
