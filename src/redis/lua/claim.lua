-- At most ARGV[1] machines whose time has come, put off by ARGV[2] ms, in the order of their times. Answers the next time
-- in the index ("" when it is empty) and the machines.
local reply, at = answer(false)
local machines = redis.call('ZRANGEBYSCORE', base .. ':due', '-inf', at, 'LIMIT', 0, ARGV[1])
for _, machine in ipairs(machines) do redis.call('ZADD', base .. ':due', at + ARGV[2], machine) end
reply[4] = redis.call('ZRANGE', base .. ':due', 0, 0, 'WITHSCORES')[2] or ''
reply[5] = machines
return reply
