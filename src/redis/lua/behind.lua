-- At most ARGV[2] requests whose cards have been behind for ARGV[1] ms, longest first, as id, version, id, version, ...
local reply, at = answer(false)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', base .. ':behind', '-inf', at - ARGV[1], 'LIMIT', 0, ARGV[2])) do
  local version = versionOf(id) or 0
  if version > 0 then
    reply[#reply + 1] = id
    reply[#reply + 1] = version
  else
    redis.call('ZREM', base .. ':behind', id)
  end
end
return reply
