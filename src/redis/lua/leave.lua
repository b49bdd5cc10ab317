-- The delivery ARGV[1] was accepted by the process ARGV[2], and could not be answered: nobody has it any more, so whoever looks
-- next takes it over, but not for ARGV[3] ms, which the chat asked for. What another process is at stays its own.
local reply, at = answer(false)
local entry = base .. ':accepted:' .. ARGV[1]
if redis.call('HGET', entry, 'owner') == ARGV[2] then
  redis.call('HSET', entry, 'owner', '')
  if tonumber(ARGV[3]) > 0 then
    redis.call('HSET', entry, 'from', string.format('%.0f', at + ARGV[3]))
    redis.call('HINCRBY', entry, 'waited', ARGV[3])
  end
end
return reply
