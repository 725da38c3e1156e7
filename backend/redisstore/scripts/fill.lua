-- ARGV: word, ticket, life of a ticket, lease, idle, ends (microseconds from
-- now), then the copy: user, seen, idle_at, ends_at, auth_at, amr.
-- Answers 1 if the copy was written, 0 if that very ticket is not there.
local f = redis.call('HMGET', key, 'ticket', 'until')
if f[1] ~= ARGV[2] or not ahead(f[2], tonumber(ARGV[3])) then
  return 0
end
local lease = tonumber(ARGV[4])
redis.call('DEL', key)
redis.call('HSET', key, 'lease', later(lease),
  'idle', later(tonumber(ARGV[5])), 'ends', later(tonumber(ARGV[6])),
  'user', ARGV[7], 'seen', ARGV[8],
  'idle_at', ARGV[9], 'ends_at', ARGV[10], 'auth_at', ARGV[11], 'amr', ARGV[12])
redis.call('PEXPIRE', key, math.ceil(lease / 1000) * 2)
return 1
