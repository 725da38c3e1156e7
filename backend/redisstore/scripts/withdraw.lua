-- KEYS: failures of the caller, failures in a row of the account. Takes one
-- back from each.
for i = 1, 2 do
  local n = tonumber(redis.call('HGET', KEYS[i], 'failures') or 0)
  if n > 1 then
    redis.call('HSET', KEYS[i], 'failures', n - 1)
  elseif n == 1 then
    redis.call('DEL', KEYS[i])
  end
end
redis.call('HDEL', KEYS[1], 'until')
return 1
