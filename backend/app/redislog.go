package app

import (
	"sync"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// quietRedis stops the Redis library from writing lines of its own to standard
// error, amid structured logs and the pages of the terminal. What goes wrong
// comes back as an error and is logged from there. It is a setting of the whole
// process in the library, so it is made once, before the first client.
var quietRedis = sync.OnceFunc(func() { redis.SetLogger(&logging.VoidLogger{}) })
