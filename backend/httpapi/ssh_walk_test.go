package httpapi_test

import (
	"net/url"
	"time"

	"example.com/marquee/common/marquee"
)

// proof is a signature of a challenge, asked for from the network of whoever
// comes next.
func (w *walker) proof(h holder, namespace string) marquee.KeyProof {
	w.Helper()
	challenge, err := w.faults.Auth.Challenge(w.Context(), w.origin())
	must(w, err)
	return h.sign(namespace, challenge.Nonce, w.url)
}

// linkBody is what links a key.
func (w *walker) linkBody(h holder) object {
	w.Helper()
	p := w.proof(h, marquee.LinkNamespace)
	return object{"name": "walker's", "nonce": p.Nonce, "origin": p.ServerOrigin, "signature": p.Signature}
}

// keyForm is what signs in with a key, linked just now.
func (w *walker) keyForm() url.Values {
	w.Helper()
	h := newHolder(w)
	w.send(request{method: "POST", path: "/api/v1/users/me/keys", token: w.person().access, json: w.linkBody(h)})
	p := w.proof(h, marquee.SignInNamespace)
	return url.Values{"grant_type": {"ssh-signature"}, "nonce": {p.Nonce}, "origin": {p.ServerOrigin}, "signature": {p.Signature}}
}

// linkTwice links one key twice.
func (w *walker) linkTwice() {
	w.Helper()
	h, token := newHolder(w), w.person().access
	for range 2 {
		w.send(request{method: "POST", path: "/api/v1/users/me/keys", token: token, json: w.linkBody(h)})
	}
}

// tooOldForKeys asks for what needs a recent sign-in.
func (w *walker) tooOldForKeys(q request, p person) {
	w.Helper()
	if q.method == "PATCH" {
		p = w.person()
		q.token = p.access
		id := w.send(request{method: "POST", path: "/api/v1/users/me/keys", token: p.access, json: w.linkBody(newHolder(w))}).str("id")
		q.path, q.json = "/api/v1/users/me/keys/"+id, object{"replaces_second_factor": true}
	} else {
		q.json = w.linkBody(newHolder(w))
	}
	w.clock.advance(11 * time.Minute)
	w.send(q)
}
