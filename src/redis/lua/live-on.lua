-- What converge needs of the machines ARGV[3] and on: all in "on:", and of those that wait for a decision the first ARGV[2]
-- whose time has come. Answers machine and id of what was not read any more, as ARGV[1] records were, and then machine, id,
-- record, machine, id, record, ... An id whose record is gone has nothing left to look at, and is forgotten.
local reply, at = answer(false)
local most, read, later = tonumber(ARGV[1]), 0, {}

local function give(machine, index, ids)
  for _, id in ipairs(ids) do
    local stored = base .. ':request:' .. id
    if read < most then
      local record = redis.call('GET', stored)
      if record then
        read = read + 1
        reply[#reply + 1] = machine
        reply[#reply + 1] = id
        reply[#reply + 1] = record
      else
        redis.call('ZREM', base .. ':' .. index .. ':' .. machine, id)
        redis.call('ZREM', base .. ':live', id .. ' ' .. machine)
      end
    else
      later[#later + 1] = machine
      later[#later + 1] = id
    end
  end
end

reply[4] = later
for i = 3, #ARGV do
  local machine = ARGV[i]
  give(machine, 'on', redis.call('ZRANGE', base .. ':on:' .. machine, 0, -1))
  local waiting = base .. ':waits:' .. machine
  give(machine, 'waits', redis.call('ZRANGEBYSCORE', waiting, '-inf', at, 'LIMIT', 0, ARGV[2]))
end
return reply
