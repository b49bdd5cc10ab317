-- Drops entries of the audit that all sinks have: KEYS are the stream, the checkpoints, and how far sinks are; ARGV[1] is how
-- many are kept at least. Only whole batches are dropped; the checkpoint in front of what stays is kept. Answers how many.
local stream, heads, sinks = KEYS[1], KEYS[2], KEYS[3]
local _, last = lastUpTo(heads, '+inf')
if not last then return 0 end
local most = last - tonumber(ARGV[1])
for _, text in ipairs(redis.call('HVALS', sinks)) do
  -- What is none is no sink: of one that is configured and has none, nothing is dropped at all.
  local ok, sink = pcall(cjson.decode, text)
  if ok and type(sink) == 'table' and type(sink.index) == 'number' and not sink.isBestEffort and sink.index < most then
    most = sink.index
  end
end
local place = lastUpTo(heads, string.format('%.0f', most))
if not place then return 0 end
local id = string.format('%.0f', place.epoch) .. '-' .. string.format('%.0f', place.sequence + 1)
local dropped = redis.call('XTRIM', stream, 'MINID', id)
redis.call('ZREMRANGEBYSCORE', heads, '-inf', '(' .. string.format('%.0f', place.index))
return dropped
