-- The newest ARGV[2] of an index (ARGV[1]: "live", or "person:<id>"), as id, record, id, record, ...
local reply = answer(false)
for _, member in ipairs(redis.call('ZREVRANGE', base .. ':' .. ARGV[1], 0, ARGV[2] - 1)) do
  local id = string.match(member, '^%S+')
  local record = redis.call('GET', base .. ':request:' .. id)
  if record then
    reply[#reply + 1] = id
    reply[#reply + 1] = record
  end
end
return reply
