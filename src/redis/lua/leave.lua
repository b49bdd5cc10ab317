-- The delivery ARGV[1] was accepted, and could not be answered: nobody has it any more, so whoever looks next takes it over.
local reply = answer(false)
local entry = base .. ':accepted:' .. ARGV[1]
if redis.call('EXISTS', entry) == 1 then redis.call('HSET', entry, 'owner', '') end
return reply
