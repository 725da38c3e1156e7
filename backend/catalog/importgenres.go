package catalog

import "slices"

// genreNames gives the genres of a source the names that the films here have,
// so that one filter finds them all. "" is what is no genre.
//
// The names are those of the starter films and of Wikipedia's lists. IMDb's
// "Music" (films about it) and "Musical" stay two.
var genreNames = map[string]string{
	"Sci-Fi":             "Science Fiction",
	"Animation":          "Animated",
	"History":            "Historical",
	"Film-Noir":          "Noir",
	"Sport":              "Sports",
	"Children":           "Family",
	"Children's":         "Family",
	"IMAX":               "", // a kind of screen
	"(no genres listed)": "",
}

// genresOf tidies a source's genres and names them as here.
func genresOf(said []string) []string {
	out := tidyAll(said, genreTagMax, genresMax, tidy)
	for i, g := range out {
		if name, ok := genreNames[g]; ok {
			out[i] = name
		}
	}
	seen := out[:0]
	for _, g := range out {
		if g != "" && !slices.Contains(seen, g) {
			seen = append(seen, g)
		}
	}
	return seen
}
