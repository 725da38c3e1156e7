package embedded

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestRedisInProcess(t *testing.T) {
	defer goleak.VerifyNone(t)
	r, err := StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx := t.Context()

	if a := r.server.Server().Addr(); a != nil {
		t.Errorf("listens on %v", a)
	}
	now := time.Now()
	r.server.SetTime(now)
	if err := r.Client().Set(ctx, "k", "v", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	if n := r.Client().DBSize(ctx).Val(); n != 1 {
		t.Fatalf("%d keys", n)
	}
	r.server.SetTime(now.Add(2 * time.Minute))
	if n := r.Client().DBSize(ctx).Val(); n != 0 {
		t.Errorf("%d keys after their life: memory is not bounded", n)
	}
}
