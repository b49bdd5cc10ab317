-- The request ARGV[2] of the machine ARGV[1] cannot be read: not again before ARGV[3] ms from now.
local reply, at = answer(false)
redis.call('ZADD', base .. ':on:' .. ARGV[1], 'XX', 'GT', at + ARGV[3], ARGV[2])
reckon(ARGV[1], 0)
return reply
