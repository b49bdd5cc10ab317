-- Writes the instant, and with ARGV[2] = 1 that somebody vouches for this store, and tries each command that closing needs, to find out whether all of it can be done: a user may have lost
-- the right to one of them, and all others work. Answers the id of the commit number ARGV[1], or "" where it is not kept any more
-- or not yet made; and when somebody vouched last.
local reply, at = answer(true)

-- On keys of nobody, or in a form that changes nothing: of these two alone Redis writes something down.
redis.call('HINCRBY', base .. ':probe', 'n', 1)
redis.call('RPUSH', base .. ':probe-list', 1)
redis.call('LTRIM', base .. ':probe-list', 1, 0)

local text = base .. ':request:probe'
redis.call('GET', text)
redis.call('SET', text, '', 'XX', 'KEEPTTL')
redis.call('EXISTS', text)
redis.call('PEXPIRE', text, 1)
redis.call('PTTL', text)
redis.call('DEL', base .. ':lock:probe')
versionOf('probe')

for _, index in ipairs({ base .. ':due', base .. ':live', base .. ':on:probe' }) do
  redis.call('ZADD', index, 'XX', 0, '')
  redis.call('ZREM', index, '')
  redis.call('ZSCORE', index, '')
  redis.call('ZCARD', index)
  redis.call('ZCOUNT', index, 1, 0)
  redis.call('ZRANGE', index, 1, 0)
  redis.call('ZREVRANGE', index, 1, 0)
  redis.call('ZRANGEBYSCORE', index, 1, 0)
  redis.call('ZREMRANGEBYSCORE', index, 1, 0)
end
redis.call('ZREMRANGEBYRANK', base .. ':on:probe', 0, -1)

redis.call('HGET', base .. ':same', '')
redis.call('HDEL', base .. ':same', '')
redis.call('HEXISTS', base .. ':same', '')

redis.call('XADD', base .. ':probe-stream', 'NOMKSTREAM', '*', 'at', 0)
local info = redis.pcall('XINFO', 'STREAM', base .. ':probe-stream')
if info.err and not string.find(info.err, 'no such key', 1, true) then return info end

local commits = tonumber(redis.call('HGET', base .. ':commits', 'count') or '0')
local back = commits - tonumber(ARGV[1])
reply[4] = back >= 0 and redis.call('LINDEX', base .. ':commit-ids', -1 - back) or ''
reply[5] = redis.call('HGET', base .. ':commits', 'vouched') or ''
if ARGV[2] == '1' and redis.call('HGET', base .. ':commits', 'uncompared') ~= '1' then
  redis.call('HSET', base .. ':commits', 'vouched', string.format('%.0f', at))
end
return reply
