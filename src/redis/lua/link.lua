-- Links the Slack account ARGV[1] to the account ARGV[2] of Entra: ARGV[3] is the record. 0 where either has a link already.
-- Both ways are kept in this script: KEYS[1] by Slack, KEYS[2] by Entra.
local kept = redis.call('HGET', KEYS[1], ARGV[1])
-- Sent again because its answer was lost.
if kept == ARGV[3] then return 1 end
if kept or redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1])
return 1
