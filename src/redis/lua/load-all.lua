-- Records: ARGV are their ids. Answers "" for one that is gone.
local reply = answer(false)
for _, id in ipairs(ARGV) do reply[#reply + 1] = redis.call('GET', base .. ':request:' .. id) or '' end
return reply
