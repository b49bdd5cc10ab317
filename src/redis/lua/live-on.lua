-- The live requests of the machine ARGV[1], as id, record, id, record, ... An id whose record is gone has nothing left to
-- look at, and is forgotten.
local reply = answer(false)
for _, id in ipairs(redis.call('ZRANGE', base .. ':on:' .. ARGV[1], 0, -1)) do
  local record = redis.call('GET', base .. ':request:' .. id)
  if record then
    reply[#reply + 1] = id
    reply[#reply + 1] = record
  else
    redis.call('ZREM', base .. ':on:' .. ARGV[1], id)
    redis.call('ZREM', base .. ':live', id .. ' ' .. ARGV[1])
  end
end
return reply
