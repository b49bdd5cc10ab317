-- Adds a checkpoint to the chain of the audit: KEYS[1] the checkpoints, ARGV[1] where the chain must end, ARGV[2] the next place,
-- ARGV[3] the checkpoint. Answers 1, or 0 where the chain ends elsewhere; 1 too where this one was added already.
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
local _, ends, text = lastUpTo(KEYS[1], '+inf')
if text == ARGV[3] then return 1 end
if (ends or 0) ~= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
return 1
