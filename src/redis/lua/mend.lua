-- Looks through ARGV[2] live requests from rank ARGV[1] on. A machine that is missing from the due index is put back, and
-- a request that is missing from its machine is looked at now. Answers how many requests it saw, and the machines.
local reply, at = answer(false)
local members = redis.call('ZRANGE', base .. ':live', ARGV[1], ARGV[1] + ARGV[2] - 1)
local mended = {}
for _, member in ipairs(members) do
  local id, machine = string.match(member, '^(%S+) (.+)$')
  local waits = redis.call('ZSCORE', base .. ':waits:' .. machine, id)
  local lost = not waits and redis.call('ZADD', base .. ':on:' .. machine, 'NX', at, id) == 1
  if lost or not redis.call('ZSCORE', base .. ':due', machine) then
    reckon(machine, 0)
    mended[#mended + 1] = machine
  end
end
reply[4] = #members
reply[5] = mended
return reply
