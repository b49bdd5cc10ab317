-- Adds a checkpoint to the chain of the audit: KEYS[1] the checkpoints, ARGV[1] where the chain must end, ARGV[2] the next place,
-- ARGV[3] the checkpoint. Answers 1, or 0 where the chain ends elsewhere; 1 too where this one was added already.
local _, ends, text = lastUpTo(KEYS[1], '+inf')
if text == ARGV[3] then return 1 end
if (ends or 0) ~= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
return 1
