-- Answers "1" when the requests are at their versions (ARGV: id, version, id, version, ...), and writes, so that whoever has
-- this write has theirs.
local reply = answer(true)
local right = '1'
for i = 1, #ARGV, 2 do
  if versionOf(ARGV[i]) ~= tonumber(ARGV[i + 1]) then right = '0' end
end
reply[4] = right
return reply
