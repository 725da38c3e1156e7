-- ARGV: word, new ticket, life of a ticket, lease (microseconds).
-- Answers {'copy', fields...} or {'ticket', ticket}.
local ticket_life, lease = tonumber(ARGV[3]), tonumber(ARGV[4])
local f = redis.call('HMGET', key, 'lease', 'idle', 'ends',
  'user', 'seen', 'idle_at', 'ends_at', 'auth_at', 'amr', 'ticket', 'until')

if ahead(f[1], lease) and ahead(f[2], math.huge) and ahead(f[3], math.huge) then
  return {'copy', f[4], f[5], f[6], f[7], f[8], f[9]}
end
if f[10] and ahead(f[11], ticket_life) then
  return {'ticket', f[10]}
end
-- After a write of a script Redis lets it write on without memory: so none
-- comes first where there is nothing to remove.
if f[1] or f[10] then
  redis.call('DEL', key)
end
redis.call('HSET', key, 'ticket', ARGV[2], 'until', later(ticket_life))
redis.call('PEXPIRE', key, math.ceil(ticket_life / 1000) * 2)
return {'ticket', ARGV[2]}
