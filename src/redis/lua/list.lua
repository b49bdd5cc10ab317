-- ARGV[3] requests of an index (ARGV[1]: "live", "of:<person>", ...), from rank ARGV[2] on, the newest first, as id, record,
-- id, record, ... Answers first how many the index gave. Whose record is gone is forgotten.
local reply = answer(false)
local index = base .. ':' .. ARGV[1]
local members = redis.call('ZREVRANGE', index, ARGV[2], ARGV[2] + ARGV[3] - 1)
reply[4] = #members
for _, member in ipairs(members) do
  local id = string.match(member, '^%S+')
  local record = redis.call('GET', base .. ':request:' .. id)
  if record then
    reply[#reply + 1] = id
    reply[#reply + 1] = record
  elseif ARGV[1] ~= 'live' then
    redis.call('ZREM', index, member)
  end
end
return reply
