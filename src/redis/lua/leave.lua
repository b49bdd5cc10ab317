-- The delivery ARGV[1] was accepted by the process ARGV[2], and could not be answered: nobody has it any more, so whoever looks
-- next takes it over. What another process is at stays its own.
local reply = answer(false)
local entry = base .. ':accepted:' .. ARGV[1]
if redis.call('HGET', entry, 'owner') == ARGV[2] then redis.call('HSET', entry, 'owner', '') end
return reply
