package httpapi

// Routes lists the route table as "GET /api/v1/movies/{id}", with who may call.
func Routes() map[string]bool {
	found := map[string]bool{}
	for _, r := range (&server{}).routes() {
		found[r.method+" "+braces(r.path)] = r.who == signedIn
	}
	return found
}

func braces(path string) string {
	const from, to = "/:id", "/{id}"
	for i := 0; i+len(from) <= len(path); i++ {
		if path[i:i+len(from)] == from {
			return path[:i] + to + path[i+len(from):]
		}
	}
	return path
}
