-- One record: ARGV[1] is its id.
local reply = answer(false)
reply[4] = redis.call('GET', base .. ':request:' .. ARGV[1])
return reply
