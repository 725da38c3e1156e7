-- KEYS: failures of the caller, failures in a row of the account, its slow
-- lane. ARGV: now ('' is the server's clock), free, first, longest, memory,
-- most memory, stranger ('' for a familiar caller), after, every, places,
-- hold; times in microseconds. Answers how long to wait: 0 lets the try
-- through and counts it as failed.
local now = tonumber(ARGV[1])
if not now then
  local clock = redis.call('TIME')
  now = clock[1] * 1000000 + clock[2]
end
local free, first, longest = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local memory, most_memory = tonumber(ARGV[5]), tonumber(ARGV[6])
local stranger = ARGV[7]
local after, every, places, hold = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])

-- text writes a moment; plain tostring would round it to 14 digits.
local function text(moment) return string.format('%.0f', moment) end

local function life(failures) return math.min(failures * memory, most_memory) end

-- failures returns how many a key remembers. A moment still to come was
-- written before the clock stepped back.
local function failures(key)
  local f = redis.call('HMGET', key, 'failures', 'at')
  local n, at = tonumber(f[1] or 0), tonumber(f[2] or 0)
  if now - at >= life(n) then
    return 0
  end
  return n
end

local function count(key, n)
  redis.call('HSET', key, 'failures', n, 'at', text(now))
  redis.call('PEXPIRE', key, text(math.ceil(life(n) / 1000)))
end

local mine = failures(KEYS[1])
if mine > 0 then
  local rest = math.min(tonumber(redis.call('HGET', KEYS[1], 'until') or 0) - now, longest)
  if rest > 0 then
    return rest
  end
end

local in_row = failures(KEYS[2])
if stranger ~= '' and in_row >= after then
  local horizon = every * places
  local turn = tonumber(redis.call('ZSCORE', KEYS[3], stranger) or '')
  if not turn or turn + hold <= now or turn > now + horizon + every then
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', text(now - hold))
    turn = math.min(math.max(tonumber(redis.call('HGET', KEYS[2], 'tail') or 0), now), now + horizon + every)
    if turn > now + horizon then
      return turn - now - horizon
    end
    redis.call('ZADD', KEYS[3], text(turn), stranger)
    redis.call('PEXPIRE', KEYS[3], text(math.ceil((horizon + every + hold) / 1000)))
    redis.call('HSET', KEYS[2], 'tail', text(turn + every))
  end
  if turn > now then
    return turn - now
  end
  redis.call('ZREM', KEYS[3], stranger)
end

mine = mine + 1
count(KEYS[1], mine)
if mine > free then
  redis.call('HSET', KEYS[1], 'until', text(now + math.min(first * 2 ^ (mine - free - 1), longest)))
end
count(KEYS[2], in_row + 1)
return 0
