package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/marquee/common/marquee"
	"golang.org/x/crypto/bcrypt"
)

func TestPasswordHash(t *testing.T) {
	stored := hashPassword("  correct horse  ", DefaultHashCost())
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("got %s", stored)
	}
	for password, want := range map[string]bool{
		"  correct horse  ": true, "correct horse": false, "  correct horse ": false, "": false,
	} {
		if ok, stale, err := checkPassword(stored, password, DefaultHashCost()); ok != want || stale || err != nil {
			t.Errorf("%q: %v %v %v", password, ok, stale, err)
		}
	}
	if first, second := hashPassword("same", DefaultHashCost()), hashPassword("same", DefaultHashCost()); first == second {
		t.Error("two hashes of one password are alike: no salt")
	}
	nfc, nfd := "비밀번호 caf\u00e9", "\u1107\u1175\u1106\u1175\u11af\u1107\u1165\u11ab\u1112\u1169 cafe\u0301"
	if ok, _, _ := checkPassword(hashPassword(nfc, DefaultHashCost()), nfd, DefaultHashCost()); !ok {
		t.Error("the same password typed on another keyboard is refused")
	}
}

func hugeHashParameters(t *testing.T) {
	const rest = "$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	if _, err := parseArgonHash("$argon2id$v=19$m=65536,t=3,p=4" + rest); err != nil {
		t.Fatalf("twin: %v", err)
	}
	for _, s := range []string{
		"$argon2id$v=19$m=4294967295,t=1,p=1" + rest, "$argon2id$v=19$m=65537,t=1,p=1" + rest,
		"$argon2id$v=19$m=64,t=4294967295,p=1" + rest, "$argon2id$v=19$m=64,t=1,p=255" + rest,
		"$argon2id$v=19$m=64,t=0,p=1" + rest, "$argon2id$v=19$m=64,t=1,p=0" + rest,
		"$argon2id$v=19$m=1,t=1,p=1" + rest, "$argon2id$v=19$m=-1,t=1,p=1" + rest,
		"$argon2id$v=16$m=64,t=1,p=1" + rest, "$argon2i$v=19$m=64,t=1,p=1" + rest,
		"$argon2id$v=19$m=64,t=1,p=1$$AAAA", "$argon2id$v=19$m=064,t=1,p=1" + rest,
		"$argon2id$v=19$m=64,t=1,p=1" + rest + "\n", "$argon2id$v=19$m=64,t=1,p=1,x=1" + rest,
		"$2b$31$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234", "", "plain", "$", "$$$$$",
	} {
		if ok, _, err := checkPassword(s, "any", DefaultHashCost()); ok || !errors.Is(err, errHash) {
			t.Errorf("%s: %v %v", s, ok, err)
		}
		if usableHash(s) {
			t.Errorf("usable: %s", s)
		}
	}
}

func bcryptTruncation(t *testing.T) {
	long := strings.Repeat("x", 72)
	stored, err := bcrypt.GenerateFromPassword([]byte(long), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	article := "$2b" + string(stored[3:]) // as passlib writes it
	if ok, stale, err := checkPassword(article, long, DefaultHashCost()); !ok || !stale || err != nil {
		t.Errorf("twin: 72 bytes: %v %v %v", ok, stale, err)
	}
	if ok, _, _ := checkPassword(article, long+"anything", DefaultHashCost()); ok {
		t.Error("a password that only begins like the right one was taken")
	}
}

func TestHasherRenewsOldHashes(t *testing.T) {
	h, ctx := newHasher(1, 1, DefaultHashCost()), context.Background()
	stored, _ := bcrypt.GenerateFromPassword([]byte("old password"), bcrypt.MinCost)
	ok, fresh, err := h.check(ctx, "192.0.2.1", string(stored), "old password")
	if !ok || err != nil || !strings.HasPrefix(fresh, "$argon2id$") {
		t.Fatalf("%v %q %v", ok, fresh, err)
	}
	if ok, again, _ := h.check(ctx, "192.0.2.1", fresh, "old password"); !ok || again != "" {
		t.Errorf("the new hash: %v %q", ok, again)
	}
	if ok, fresh, _ := h.check(ctx, "192.0.2.1", string(stored), "wrong"); ok || fresh != "" {
		t.Errorf("a wrong password: %v %q", ok, fresh)
	}
	if ok, _, err := h.check(ctx, "192.0.2.1", "", "any"); ok || err != nil {
		t.Errorf("no hash: %v %v", ok, err)
	}
	if ok, _, err := h.check(ctx, "192.0.2.1", hashPassword(strings.Repeat("y", 257), DefaultHashCost()), strings.Repeat("y", 257)); ok || err != nil {
		t.Errorf("a password above the bound: %v %v", ok, err)
	}
}

func hashFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, h := context.Background(), newHasher(2, 3, DefaultHashCost())
		var leave []func()
		for range 2 {
			l, err := h.enter(ctx, "192.0.2.1")
			if err != nil {
				t.Fatal(err)
			}
			leave = append(leave, l)
		}
		waiting := make(chan error, 3)
		for i := range 3 {
			go func() {
				_, err := h.enter(ctx, fmt.Sprintf("192.0.%d.1", i))
				waiting <- err
			}()
		}
		synctest.Wait()
		_, err := h.enter(ctx, "198.51.100.1")
		var e *marquee.Error
		if !errors.As(err, &e) || e.Code != marquee.CodeUnavailable || e.RetryAfter <= 0 {
			t.Errorf("beyond the queue: %v", err)
		}
		leave[0]() // twin: the first in line gets the slot that came free
		if err := <-waiting; err != nil {
			t.Errorf("the first in line: %v", err)
		}
		for range 2 { // nobody leaves for hashWait
			if err := <-waiting; !marquee.IsCode(err, marquee.CodeUnavailable) {
				t.Errorf("waited too long: %v", err)
			}
		}
		leave[1]()
		if l, err := h.enter(ctx, "192.0.2.1"); err != nil {
			t.Errorf("the places of those who gave up are lost: %v", err)
		} else {
			l()
		}
	})
}
