-- Drops entries of the audit that all sinks have: KEYS are the stream, the checkpoints, and how far sinks are; ARGV[1] is how
-- many are kept at least. Only whole batches are dropped; the checkpoint in front of what stays is kept. Answers how many.
-- Of a checkpoint, its place; nil for what Drawbridge did not write (src/redis/audit-chain.ts reads the same).
local function read(text)
  local ok, place = pcall(cjson.decode, text)
  if not ok or type(place) ~= 'table' then return nil end
  for _, name in ipairs({ 'index', 'epoch', 'sequence', 'at' }) do
    if type(place[name]) ~= 'number' then return nil end
  end
  for _, name in ipairs({ 'head', 'note' }) do
    if type(place[name]) ~= 'string' then return nil end
  end
  if place.runs ~= nil and type(place.runs) ~= 'table' then return nil end
  return place
end
-- The last checkpoint up to a score, its own score, and its text; what is none is passed over.
local function lastUpTo(heads, most)
  local from = 0
  while true do
    local found = redis.call('ZREVRANGEBYSCORE', heads, most, '-inf', 'WITHSCORES', 'LIMIT', from, 100)
    for i = 1, #found, 2 do
      local place = read(found[i])
      if place then return place, tonumber(found[i + 1]), found[i] end
    end
    if #found < 200 then return nil end
    from = from + 100
  end
end
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
