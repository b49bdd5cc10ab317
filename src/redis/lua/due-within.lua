-- At most ARGV[2] machines whose time comes within ARGV[1] ms; their times stay.
local reply, at = answer(false)
reply[4] = redis.call('ZRANGEBYSCORE', base .. ':due', '-inf', at + ARGV[1], 'LIMIT', 0, ARGV[2])
return reply
