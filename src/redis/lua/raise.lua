-- The store went back behind what a process remembers: epoch ARGV[1], commit number ARGV[2]. Or (ARGV[3]) nobody remembers it. Another epoch begins, once
-- for all processes that noticed, and nothing is opened until clouds and records were compared.
local reply, at, raw = answer(true)
local commits = base .. ':commits'
if tonumber(redis.call('HGET', commits, 'epoch') or '0') <= tonumber(ARGV[1]) then
  local reached = math.max(tonumber(redis.call('HGET', commits, 'count') or '0'), tonumber(ARGV[2]))
  redis.call('HSET', commits, 'epoch', ARGV[1] + 1, 'count', string.format('%.0f', reached), 'uncompared', '1', 'since', at)
  if ARGV[3] then redis.call('HSET', commits, 'strange', '1') else redis.call('HDEL', commits, 'strange') end
  redis.call('DEL', base .. ':commit-ids')
  count('raise')
  -- Of the audit, too: what is written from now on has none of the numbers that lost entries had, which others may keep.
  local stream = base .. ':audit'
  if redis.call('EXISTS', stream) == 1 then redis.pcall('XSETID', stream, string.format('%.0f-0', at)) end
  reply[3] = stamp(raw)
end
return reply
