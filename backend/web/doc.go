// Package web serves the pages for browsers: html/template, forms, one
// stylesheet, no script. It speaks to the rules of identity and films through
// interfaces and must not know SQL, Redis or the JSON API.
//
// A browser holds one cookie of random bits and never a token pair. Pages
// change something only by a form of our own: http.CrossOriginProtection goes
// by what the browser says of the request's origin, and a token in the form,
// bound to the cookie, stands in where a browser says nothing.
package web
