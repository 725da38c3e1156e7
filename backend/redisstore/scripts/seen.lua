-- ARGV: word, counter. Raises seen in the copy, if there is one, and renews
-- nothing.
local seen = redis.call('HGET', key, 'seen')
if seen and tonumber(seen) < tonumber(ARGV[2]) then
  redis.call('HSET', key, 'seen', ARGV[2])
end
return 1
