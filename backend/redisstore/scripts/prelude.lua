-- Every script begins with these lines. KEYS[1] is the session's prefix, its
-- hash tag in braces; ARGV[1] a fixed word, or '' for a server with a history
-- of its own. The word is read here and never remembered by a process: after a
-- restart, a rollback or a fail-over it differs, and what was written before
-- cannot be reached any more.
local word = ARGV[1]
if word == '' then
  local info = redis.call('INFO', 'replication')
  word = string.match(info, 'master_replid:(%x+)')
  if not word or not string.find(info, 'role:master', 1, true) then
    return redis.error_reply('READONLY sessions are asked of a primary only')
  end
end
local key = KEYS[1] .. word
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]

-- ahead tells whether a deadline is still to come. One further away than it can
-- have been set was written before the clock stepped back: it counts as over.
local function ahead(deadline, life)
  local at = tonumber(deadline or '')
  return at and now < at and at <= now + life
end

-- later is the deadline so many microseconds from now. Plain tostring would
-- round it to 14 digits.
local function later(life)
  return string.format('%.0f', now + life)
end
