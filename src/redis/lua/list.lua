-- Pages of indexes, the newest first: ARGV are, for each, the index ("live", "of:<person>", ...), the rank from which on, and how
-- many. Answers a list for each: how many the index gave, then id, record, id, record, ... Whose record is gone is forgotten.
local reply = answer(false)
for i = 1, #ARGV, 3 do
  local index = base .. ':' .. ARGV[i]
  local members = redis.call('ZREVRANGE', index, ARGV[i + 1], ARGV[i + 1] + ARGV[i + 2] - 1)
  local page = { #members }
  for _, member in ipairs(members) do
    local id = string.match(member, '^%S+')
    local record = redis.call('GET', base .. ':request:' .. id)
    if record then
      page[#page + 1] = id
      page[#page + 1] = record
    elseif ARGV[i] ~= 'live' then
      redis.call('ZREM', index, member)
    end
  end
  reply[#reply + 1] = page
end
return reply
