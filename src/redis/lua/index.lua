-- Puts requests into the indexes that they belong to, and takes them out of the others: ARGV are what is derived from each
-- (JSON). One that has moved on meanwhile was put right by whoever moved it.
local reply = answer(false)
for _, text in ipairs(ARGV) do
  local change = cjson.decode(text)
  if versionOf(change.id) == change.version then
    index(change)
    reckon(change.machine, 0)
  end
end
return reply
