-- Puts requests into the indexes that they belong to, and takes them out of the others: ARGV are what is derived from each
-- (JSON); what the board does not have as it is, it gets. One that has moved on meanwhile was put right by whoever moved it.
local reply, at = answer(false)
for _, text in ipairs(ARGV) do
  local change = cjson.decode(text)
  if versionOf(change.id) == change.version then
    index(change)
    reckon(change.machine, 0)
    if change.row and redis.call('HGET', base .. ':board-rows', change.id) ~= change.row then keepRow(change, at, change.keepMs) end
  end
end
return reply
