-- Drops the link of the Slack account ARGV[1], both ways; answers its record, or "".
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if not kept then return '' end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], cjson.decode(kept).entra)
return kept
