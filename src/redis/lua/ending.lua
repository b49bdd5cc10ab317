-- What is to be closed now under any of the locks ARGV[2] and on, ARGV[1] at most, as id, record, id, record, ... An id whose
-- record is gone is forgotten.
local reply, at = answer(false)
local seen, count, most = {}, 0, tonumber(ARGV[1])
for i = 2, #ARGV do
  local index = base .. ':ends:' .. ARGV[i]
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', index, '-inf', at, 'LIMIT', 0, most)) do
    local record = not seen[id] and count < most and redis.call('GET', base .. ':request:' .. id)
    if record then
      seen[id], count = true, count + 1
      reply[#reply + 1] = id
      reply[#reply + 1] = record
    elseif not seen[id] and count < most then
      redis.call('ZREM', index, id)
    end
  end
end
return reply
