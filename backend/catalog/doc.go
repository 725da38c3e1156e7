// Package catalog holds the rules of films: how they are searched, ordered and
// paged, what a person may record about them, the starter films and the
// importer. Service implements marquee.MovieService.
//
// It knows neither SQL nor HTTP. What it needs of a database is the interface
// Storage in ports.go, which backend/store implements. Everything that two
// databases could do differently (the order of titles, the words of a search)
// is worked out here, so that they cannot differ.
package catalog
