-- Commits changes: each by itself, all in this script. A change is its record (ARGV) and what is derived from it (JSON).
-- Answers "1" for what was saved, "0" for what was stale, "2" for a new one that would be one too many, and "3" for one that
-- asks for the same as one that stands. A change `with` the one before it is stale where that one was not saved.
local keep = cjson.decode(ARGV[1])
local reply, at, raw = answer(true)
local touched = {}
local saved = {}
local last
local write

local function isStale(change)
  if versionOf(change.id) ~= change.from then return true end
  return change.made and redis.call('EXISTS', base .. ':made:' .. change.made) == 1
end

local function isFull(change)
  local most = change.most
  if not most then return false end
  local person, machine, all = counts(change.requester, change.machine)
  return person >= most.person or machine >= most.machine or all >= most.all
end

-- Does this request wait, or is it in force? A version that does not know of `same` takes nothing out of it.
local function stands(id)
  local record = id and redis.call('GET', base .. ':request:' .. id)
  if not record then return false end
  local isRead, request = pcall(cjson.decode, string.match(record, '^%d+ (.*)$'))
  if not isRead then return true end
  if request.status == 'pending' then return true end
  return (request.status == 'activating' or request.status == 'active') and request.lease['until'] > at
end

local function isSame(change)
  if not change.alone or not change.same then return false end
  local id = redis.call('HGET', base .. ':same', change.same)
  return id and id ~= change.id and stands(id)
end

-- The first that stands is the one that is shown.
local function keepSame(change)
  if not change.same then return end
  local same, first = base .. ':same', redis.call('HGET', base .. ':same', change.same)
  if not change.stands then
    if first == change.id then redis.call('HDEL', same, change.same) end
  elseif first ~= change.id and not stands(first) then
    redis.call('HSET', same, change.same, change.id)
  end
end

for i = 2, #ARGV, 2 do
  local record, change = ARGV[i], cjson.decode(ARGV[i + 1])
  local id, machine = change.id, change.machine
  local stored = base .. ':request:' .. id
  if change.with and last ~= '1' then
    reply[#reply + 1] = '0'
  elseif isStale(change) then
    -- A commit that is sent again because its answer was lost has been saved.
    reply[#reply + 1] = redis.call('GET', stored) == record and '1' or '0'
  elseif isSame(change) then
    reply[#reply + 1] = '3'
  elseif isFull(change) then
    reply[#reply + 1] = '2'
  else
    reply[#reply + 1] = '1'
    saved[#saved + 1] = record
    touched[machine] = true
    -- A lease comes once. Quotes inside what people wrote are escaped in JSON, so they cannot be taken for it.
    if change.approvedAt and not string.find(redis.call('GET', stored) or '', '"lease":{', 1, true) then
      local approvals = base .. ':approvals'
      redis.call('RPUSH', approvals, string.format('%.0f', change.approvedAt) .. ' ' .. machine .. ' ' .. change.requester)
      redis.call('LTRIM', approvals, -keep.approvals, -1)
      redis.call('PEXPIRE', approvals, keep.endedMs)
    end
    if change.made then redis.call('SET', base .. ':made:' .. change.made, id, 'PX', keep.madeMs) end
    if change.from == 0 then
      local person = base .. ':person:' .. change.requester
      redis.call('ZADD', person, change.askedAt, id)
      redis.call('ZREMRANGEBYRANK', person, 0, -(keep.recent + 1))
      redis.call('PEXPIRE', person, keep.endedMs)
    end
    -- What was opened is remembered, when it was opened first: what came later is newer than what is looked at again.
    if change.source and not string.find(redis.call('GET', stored) or '', '"openedAt":', 1, true) then
      local sources = base .. ':sources:' .. change.requester
      redis.call('HSET', sources, change.machineKey, change.source)
      redis.call('PEXPIRE', sources, keep.endedMs)
    end
    index(change)
    if change.over and not change.lookAt then
      redis.call('SET', stored, record, 'PX', keep.endedMs)
      redis.call('PEXPIRE', base .. ':cards:' .. id, keep.cardsMs)
    else
      redis.call('SET', stored, record)
    end
    keepSame(change)
    keepRow(change, at, keep.endedMs)
    for _, placed in ipairs(change.placed) do
      if change.placedUntil > at then
        redis.call('SET', base .. ':placed:' .. placed, id, 'PX', change.placedUntil - at)
      end
    end
    redis.call('ZADD', base .. ':behind', 'NX', at, id)
    if change.audit then
      write = write or evidence(at)
      local place = write(change.audit)
      if change.row then
        local entries = base .. ':entries:' .. id
        redis.call('RPUSH', entries, place)
        redis.call('LTRIM', entries, -keep.entries, -1)
        redis.call('PEXPIRE', entries, keep.endedMs)
      end
    end
  end
  last = reply[#reply]
end

for machine in pairs(touched) do reckon(machine, 0) end
if #saved > 0 then
  count(table.concat(saved))
  reply[3] = stamp(raw)
end
return reply
