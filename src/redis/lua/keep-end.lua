-- Keeps the latest end that is free (src/core/request/closing-budget.ts, `latestFree`) for a request, in the index ARGV[1] as
-- ARGV[2]: ARGV[3] or the start of an earlier slice, not before ARGV[4]. A slice of ARGV[6] milliseconds takes ARGV[5] ends, of
-- which this one needs ARGV[7]; ARGV[8] is 1 where what ends on one machine at one instant counts once. Answers the end, or
-- '' where none is free, and how many others end from then until ARGV[3].
local reply, at = answer(false)
local index, own = base .. ':' .. ARGV[1], ARGV[2]
local wish, earliest, ends, slice, needs = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local together = ARGV[8] == '1'
local MACHINE = 6
-- So many members are read one by one at most, and of one slice; beyond that each counts as a call of its own.
local left, each = 1000, 200

-- What was over and never committed is forgotten, and so is what was kept for it before.
redis.call('ZREMRANGEBYSCORE', index, '-inf', at)
redis.call('ZREM', index, own)

local function text(instant)
  return string.format('%.0f', instant)
end

local function count(from)
  local first, last = text(from), '(' .. text(from + slice)
  local all = redis.call('ZCOUNT', index, first, last)
  if not together or all + needs <= ends or left <= 0 then return all, false end
  local most = math.min(all, left, each)
  left = left - most
  local found = redis.call('ZRANGEBYSCORE', index, first, last, 'WITHSCORES', 'LIMIT', 0, most)
  local seen, calls = {}, all - most
  for i = 1, #found, 2 do
    local call = found[i + 1] .. ' ' .. string.sub(found[i], 1, MACHINE)
    if not seen[call] then
      seen[call], calls = true, calls + 1
    end
  end
  return calls, seen
end

local start, found = math.floor(wish / slice) * slice, wish
local free
while found >= earliest do
  local calls, seen = count(start)
  if calls + needs <= ends or (seen and seen[text(found) .. ' ' .. string.sub(own, 1, MACHINE)]) then
    free = found
    break
  end
  start = start - slice
  found = start
end
if not free then
  reply[#reply + 1] = ''
  return reply
end
reply[#reply + 1] = text(free)
reply[#reply + 1] = redis.call('ZCOUNT', index, text(free), text(wish))
redis.call('ZADD', index, free, own)
return reply
