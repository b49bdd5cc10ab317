-- In front of the scripts that write evidence, behind the prelude. The id of an entry in the stream is its epoch and its
-- sequence. The epoch is the instant at which the stream was begun: after a lost database another one begins, so that its
-- entries are never taken for those that were lost. Nothing is dropped here: see chain-trim.lua. The stream itself remembers both, also when it was trimmed.
local function evidence(at)
  local stream = base .. ':audit'
  local epoch, sequence = string.format('%.0f', at), 0
  if redis.call('EXISTS', stream) == 1 then
    local info = redis.call('XINFO', 'STREAM', stream)
    for i = 1, #info, 2 do
      if info[i] == 'last-generated-id' then
        local first, last = string.match(info[i + 1], '^(%d+)-(%d+)$')
        epoch, sequence = first, tonumber(last)
      end
    end
  end
  return function(entry)
    sequence = sequence + 1
    local id = epoch .. '-' .. string.format('%.0f', sequence)
    redis.call('XADD', stream, id, 'at', at, 'record', entry.record, 'people', entry.people, 'hash', entry.hash)
    return id
  end
end
