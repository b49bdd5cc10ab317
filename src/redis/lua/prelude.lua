-- In front of every script of the store. KEYS[1] is the hash tag alone ("{drawbridge}"), so that every key made from it
-- is in one slot of a Cluster.
local base = KEYS[1]
local LEAP = 60000

-- The instant, and by how much Redis's clock is behind the highest instant seen (0 as a rule).
-- An instant never goes back. After a step back of a minute or less it stands still until the clock has caught up; after
-- a longer one it goes on from the highest seen at the clock's pace, so that leases still end. The highest is written at
-- every change, else once a second, so that reading does not write; and a database that cannot be written can be read.
local function clock(exact)
  local time = redis.call('TIME')
  local raw = time[1] * 1000 + math.floor(time[2] / 1000)
  local kept = redis.call('HMGET', base .. ':clock', 'highest', 'shift')
  local highest, shift = tonumber(kept[1]) or 0, tonumber(kept[2]) or 0
  local behind = highest - raw
  if behind <= LEAP then shift = 0 elseif behind > shift then shift = behind end
  local at = math.max(highest, raw + shift)
  if exact or at - highest >= 1000 or behind > LEAP then
    local keep = exact and redis.call or redis.pcall
    keep('HSET', base .. ':clock', 'highest', at, 'shift', shift)
  end
  return at, math.max(behind, 0), raw
end

-- Redis's own time, and where the store stands: epoch, commits, the id of the last one, and whether clouds and records are
-- still to be compared.
local function stamp(raw)
  local kept = redis.call('HMGET', base .. ':commits', 'epoch', 'count', 'id', 'uncompared')
  return string.format('%.0f', raw) .. ' ' .. (kept[1] or '0') .. ' ' .. (kept[2] or '0') .. ' ' .. (kept[3] or '-') .. ' ' .. (kept[4] or '0')
end

-- What every script answers first: the instant, how far behind, the stamp.
local function answer(exact)
  local at, behind, raw = clock(exact)
  return { at, behind, stamp(raw) }, at, raw
end

-- Counts a commit. Its id follows from the one before, so that one id vouches for all that came earlier; the last thousand
-- are kept.
local function count(what)
  local commits, ids = base .. ':commits', base .. ':commit-ids'
  local time = redis.call('TIME')
  local id = string.sub(redis.sha1hex((redis.call('HGET', commits, 'id') or '') .. time[1] .. time[2] .. what), 1, 16)
  redis.call('HINCRBY', commits, 'count', 1)
  redis.call('HSET', commits, 'id', id)
  redis.call('RPUSH', ids, id)
  redis.call('LTRIM', ids, -1000, -1)
end

-- The machine is due when the first of its requests is, but not before `soonest`.
local function reckon(machine, soonest)
  local first
  for _, index in ipairs({ ':on:', ':waits:' }) do
    local at = tonumber(redis.call('ZRANGE', base .. index .. machine, 0, 0, 'WITHSCORES')[2])
    if at and not (first and first <= at) then first = at end
  end
  if first then
    redis.call('ZADD', base .. ':due', math.max(first, soonest), machine)
  else
    redis.call('ZREM', base .. ':due', machine)
  end
end

-- A record is its version, a blank and JSON: the version is read without parsing the rest.
local function versionOf(id)
  local head = redis.call('GETRANGE', base .. ':request:' .. id, 0, 15)
  if head == '' then return 0 end
  return tonumber(string.match(head, '^(%d+) '))
end

-- Puts a request into the indexes that it belongs to, and takes it out of the others: all of them are derived from its record
-- (src/redis/indexes.ts), as index, score or false, and its member where that is not its id.
local function index(change)
  local member = change.id .. ' ' .. change.machine
  if change.lookAt then
    redis.call('ZADD', base .. ':live', change.askedAt, member)
  else
    redis.call('ZREM', base .. ':live', member)
  end
  for _, entry in ipairs(change.entries) do
    local own = entry[3] or change.id
    if entry[2] then
      redis.call('ZADD', base .. ':' .. entry[1], entry[2], own)
    else
      redis.call('ZREM', base .. ':' .. entry[1], own)
    end
  end
end

-- Keeps what the board shows of a request, by when it changed last. What is older than `keepMs` goes with its record, a few
-- at a time; what still has one then counts as changed now.
local function keepRow(change, at, keepMs)
  if not change.row then return end
  local board, rows = base .. ':board', base .. ':board-rows'
  redis.call('ZADD', board, at, change.id)
  redis.call('HSET', rows, change.id, change.row)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', board, '-inf', at - keepMs, 'LIMIT', 0, 4)) do
    if redis.call('EXISTS', base .. ':request:' .. id) == 1 then
      redis.call('ZADD', board, at, id)
    else
      redis.call('ZREM', board, id)
      redis.call('HDEL', rows, id)
    end
  end
end

-- How many requests are current for a person, on a machine, and in all.
local function counts(person, machine)
  return redis.call('ZCARD', base .. ':of:' .. person),
    redis.call('ZCARD', base .. ':on:' .. machine) + redis.call('ZCARD', base .. ':waits:' .. machine),
    redis.call('ZCARD', base .. ':live')
end
