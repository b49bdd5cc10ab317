-- Writes the instant, to find out whether anything can be written. Answers the id of the commit number ARGV[1], or "" where
-- it is not kept any more or not yet made.
local reply = answer(true)
local commits = tonumber(redis.call('HGET', base .. ':commits', 'count') or '0')
local back = commits - tonumber(ARGV[1])
reply[4] = back >= 0 and redis.call('LINDEX', base .. ':commit-ids', -1 - back) or ''
return reply
