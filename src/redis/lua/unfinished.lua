-- The process ARGV[1] lives for another ARGV[2] ms. It takes over at most ARGV[3] deliveries of processes that do not, the
-- oldest first; at most ARGV[4] are looked at. Answers for each its id, what is to be done, when it was accepted, how often it was
-- taken over, and for how many ms it was left alone as the chat asked for it.
local reply, now = answer(false)
redis.call('SET', base .. ':alive:' .. ARGV[1], 1, 'PX', ARGV[2])
for _, id in ipairs(redis.call('ZRANGE', base .. ':journal', 0, ARGV[4] - 1)) do
  if #reply - 3 >= ARGV[3] * 5 then break end
  local entry = base .. ':accepted:' .. id
  local owner, what, at, from, waited = unpack(redis.call('HMGET', entry, 'owner', 'what', 'at', 'from', 'waited'))
  if not owner then
    redis.call('ZREM', base .. ':journal', id)
  elseif tonumber(from or 0) <= now and owner ~= ARGV[1] and redis.call('EXISTS', base .. ':alive:' .. owner) == 0 then
    redis.call('HSET', entry, 'owner', ARGV[1])
    local tries = redis.call('HINCRBY', entry, 'tries', 1)
    for _, value in ipairs({ id, what, at, tries, waited or 0 }) do reply[#reply + 1] = value end
  end
end
return reply
