-- Drops entries of the audit that all sinks have: KEYS are the stream, the checkpoints, and how far sinks are; ARGV[1] is how
-- many are kept at least. Only whole batches are dropped; the checkpoint in front of what stays is kept. Answers how many.
local stream, heads, sinks = KEYS[1], KEYS[2], KEYS[3]
local last = redis.call('ZRANGE', heads, -1, -1, 'WITHSCORES')
if not last[2] then return 0 end
local most = tonumber(last[2]) - tonumber(ARGV[1])
for _, text in ipairs(redis.call('HVALS', sinks)) do
  local sink = cjson.decode(text)
  if not sink.isBestEffort and sink.index < most then most = sink.index end
end
local found = redis.call('ZREVRANGEBYSCORE', heads, string.format('%.0f', most), '-inf', 'LIMIT', 0, 1)[1]
if not found then return 0 end
local place = cjson.decode(found)
local id = string.format('%.0f', place.epoch) .. '-' .. string.format('%.0f', place.sequence + 1)
local dropped = redis.call('XTRIM', stream, 'MINID', id)
redis.call('ZREMRANGEBYSCORE', heads, '-inf', '(' .. string.format('%.0f', place.index))
return dropped
