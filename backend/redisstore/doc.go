// Package redisstore keeps in Redis what may be forgotten: the copy that says
// on every request whether a session is alive, and the counters of limits.
//
// It knows nothing of SQL, HTTP or the rules of identity. Nothing here is the
// truth: a flush, a restart, a rollback or a fail-over costs one query per
// session and neither signs anybody out nor brings an ended session back.
package redisstore
