-- Drops the link of the Slack account ARGV[1], both ways; answers its record, or "".
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if not kept then return '' end
redis.call('HDEL', KEYS[1], ARGV[1])
local both = redis.call('HGETALL', KEYS[2])
for i = 1, #both, 2 do
  if both[i + 1] == ARGV[1] then redis.call('HDEL', KEYS[2], both[i]) end
end
return kept
