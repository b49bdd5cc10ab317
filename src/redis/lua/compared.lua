-- Clouds and records were compared in the epoch ARGV[1]; in a later one they are to be compared again.
local reply, _, raw = answer(true)
if redis.call('HGET', base .. ':commits', 'epoch') == ARGV[1] then
  redis.call('HDEL', base .. ':commits', 'uncompared')
  reply[3] = stamp(raw)
end
return reply
