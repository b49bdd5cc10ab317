-- All cards of the request ARGV[1] show its version ARGV[2]: it is behind no more, unless it moved on meanwhile.
local reply = answer(false)
if versionOf(ARGV[1]) == tonumber(ARGV[2]) then redis.call('ZREM', base .. ':behind', ARGV[1]) end
return reply
