-- Writes an entry of the audit that belongs to no commit: ARGV[1] are limits, ARGV[2] is the entry, and ARGV[3] is the
-- same when it is sent again because its answer was lost: then it is not written twice.
local keep, entry = cjson.decode(ARGV[1]), cjson.decode(ARGV[2])
local reply, at = answer(true)
local recorded = base .. ':recorded:' .. ARGV[3]
if redis.call('EXISTS', recorded) == 0 then
  redis.call('SET', recorded, evidence(at)(entry), 'PX', keep.recordedMs)
end
return reply
