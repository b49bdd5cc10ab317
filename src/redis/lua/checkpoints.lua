-- What both scripts of the chain of the audit know of its checkpoints.
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
-- The last checkpoint up to a score, its own score, and its text; nil where there is none. What is none is passed over, up to as many as
-- `last` passes over there: behind more of them nobody knows where the chain ends, and the score is -1, which is no place.
local function lastUpTo(heads, most)
  for from = 0, 1000, 100 do
    local found = redis.call('ZREVRANGEBYSCORE', heads, most, '-inf', 'WITHSCORES', 'LIMIT', from, 100)
    for i = 1, #found, 2 do
      local place = read(found[i])
      if place then return place, tonumber(found[i + 1]), found[i] end
    end
    if #found < 200 then return nil end
  end
  return nil, -1
end
