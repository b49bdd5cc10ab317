-- Keeps the card ARGV[3] of the place ARGV[2] of the request ARGV[1]; for ARGV[4] ms when the request is over.
local reply = answer(false)
local cards = base .. ':cards:' .. ARGV[1]
redis.call('HSET', cards, ARGV[2], ARGV[3])
if redis.call('PTTL', base .. ':request:' .. ARGV[1]) ~= -1 then redis.call('PEXPIRE', cards, ARGV[4]) end
return reply
