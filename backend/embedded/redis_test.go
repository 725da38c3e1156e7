package embedded

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
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

// Commands sent together are longer than what the server reads at once: it
// answers the first while the rest is still on its way.
func TestPipelineLongerThanAReadBuffer(t *testing.T) {
	defer goleak.VerifyNone(t)
	r, err := StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text := strings.Repeat("x", 3000)
	replies, err := r.Client().Pipelined(t.Context(), func(p redis.Pipeliner) error {
		for i := range 200 {
			p.Set(t.Context(), strconv.Itoa(i), text, 0)
			p.Get(t.Context(), strconv.Itoa(i))
		}
		return nil
	})
	if err != nil || len(replies) != 400 {
		t.Fatalf("%d replies, %v", len(replies), err)
	}
}
