-- Takes all locks (KEYS) for the token ARGV[1] and ARGV[2] ms, or none. With ARGV[3] = "1" somebody waits to
-- close: what it could not get is marked for ARGV[4] ms, and whoever wants to open leaves it alone. Answers 1 or 0. A
-- question that is sent again because its answer was lost finds its own token, and is answered again.
local token, closing = ARGV[1], ARGV[3] == '1'
local free = true
for i = 1, #KEYS do
  local waiting = not closing and redis.call('EXISTS', KEYS[i] .. ':closing') == 1
  local holder = redis.call('GET', KEYS[i])
  if waiting or (holder and holder ~= token) then free = false end
end
for i = 1, #KEYS do
  if free then
    redis.call('SET', KEYS[i], token, 'PX', ARGV[2])
    if redis.call('GET', KEYS[i] .. ':closing') == token then redis.call('DEL', KEYS[i] .. ':closing') end
  elseif closing then
    redis.call('SET', KEYS[i] .. ':closing', token, 'PX', ARGV[4])
  end
end
return free and 1 or 0
