package testrig

import "sync"

// shared is what the tests of one binary share. Its only writer is testing's
// own process, so it is the one piece of package state.
var shared = &sharedParts{templates: map[string]*template{}}

type sharedParts struct {
	mu        sync.Mutex
	server    *PostgresProcess
	err       error
	templates map[string]*template
}

type template struct {
	once     sync.Once
	database string
	url      string
	content  []byte // of a SQLite file
	err      error
}

func (s *sharedParts) postgres(bin, in string) (*PostgresProcess, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil && s.err == nil {
		s.server, s.err = newPostgres(bin, in)
	}
	return s.server, s.err
}

func (s *sharedParts) template(name string) *template {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.templates[name]
	if !ok {
		t = &template{}
		s.templates[name] = t
	}
	return t
}

func stopShared() {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.server != nil {
		shared.server.close()
		shared.server = nil
	}
}
