-- Takes all locks (KEYS but the last) for the token ARGV[1] and ARGV[2] ms, or none. With ARGV[3] = "1" somebody waits to
-- close: what it could not get is marked for ARGV[4] ms, and whoever wants to open leaves it alone. Answers 1 or 0. A
-- question that is sent again because its answer was lost finds its own token, and is answered again.
--
-- A token is "<what it does>.<process>.<random>". Who only removes takes the lock of one who only removes too, once that
-- one's process (the last key: when each said last that it lives) said nothing for ARGV[5] ms while the taker's own did.
-- Until that lock would have ended by itself nobody else gets it: what was called under it may still land.
local token, closing = ARGV[1], ARGV[3] == '1'
local count, beats = #KEYS - 1, KEYS[#KEYS]

-- How long ago the process of this token said that it lives; nothing where it never did.
local function silence(of, now)
  local at = redis.call('ZSCORE', beats, string.match(of, '^%a+%.([^.]*)%.') or '')
  return at and now - tonumber(at)
end

local function removes(of) return string.sub(of, 1, 8) == 'removes.' end

local function isLeft(holder)
  if not removes(token) or not removes(holder) then return false end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local own, its = silence(token, now), silence(holder, now)
  return own and its and own < tonumber(ARGV[5]) and its >= tonumber(ARGV[5])
end

local free = true
for i = 1, count do
  local waiting = not closing and redis.call('EXISTS', KEYS[i] .. ':closing') == 1
  local landing = not removes(token) and redis.call('EXISTS', KEYS[i] .. ':left') == 1
  local holder = redis.call('GET', KEYS[i])
  if waiting or landing or (holder and holder ~= token and not isLeft(holder)) then free = false end
end
for i = 1, count do
  if free then
    local holder = redis.call('GET', KEYS[i])
    if holder and holder ~= token then
      local rest = math.max(redis.call('PTTL', KEYS[i]), redis.call('PTTL', KEYS[i] .. ':left'), 1)
      redis.call('SET', KEYS[i] .. ':left', holder, 'PX', rest)
    end
    redis.call('SET', KEYS[i], token, 'PX', ARGV[2])
    if redis.call('GET', KEYS[i] .. ':closing') == token then redis.call('DEL', KEYS[i] .. ':closing') end
  elseif closing then
    redis.call('SET', KEYS[i] .. ':closing', token, 'PX', ARGV[4])
  end
end
return free and 1 or 0
