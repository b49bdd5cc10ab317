-- Whether the delivery ARGV[1] is seen for the first time within ARGV[3] ms; ARGV[2] tells a call that is sent again from a
-- second delivery. In the same step what is to be done (ARGV[5], "" for nothing) is kept for ARGV[6] ms, as accepted by the
-- process ARGV[4]. Answers "new", or "seen" and the answer that was given; or "full" where ARGV[7] are kept already: then it counts
-- as not seen, but where ARGV[9] says that it goes without being kept.
local reply, at = answer(false)
local seen, entry = base .. ':once:' .. ARGV[1], base .. ':accepted:' .. ARGV[1]
local was = redis.call('GET', seen)
if was == ARGV[2] then
  reply[4] = 'new'
elseif was then
  reply[4] = 'seen'
  reply[5] = string.sub(was, 1, 1) == '=' and string.sub(was, 2) or false
elseif ARGV[5] ~= '' and ARGV[9] == '' and redis.call('ZCARD', base .. ':journal') >= tonumber(ARGV[7]) then
  reply[4] = 'full'
else
  reply[4] = 'new'
  redis.call('SET', seen, ARGV[2], 'PX', ARGV[3])
  redis.call('SET', base .. ':alive:' .. ARGV[4], 1, 'PX', ARGV[8])
  if ARGV[5] ~= '' and redis.call('ZCARD', base .. ':journal') < tonumber(ARGV[7]) then
    redis.call('HSET', entry, 'owner', ARGV[4], 'what', ARGV[5], 'at', string.format('%.0f', at), 'tries', 0)
    redis.call('PEXPIRE', entry, ARGV[6])
    redis.call('ZADD', base .. ':journal', at, ARGV[1])
  end
end
return reply
