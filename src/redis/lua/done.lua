-- The delivery ARGV[1] was done, and answered with ARGV[2] ("" where its answer is not kept).
local reply = answer(false)
redis.call('ZREM', base .. ':journal', ARGV[1])
redis.call('DEL', base .. ':accepted:' .. ARGV[1])
if ARGV[2] ~= '' and redis.call('EXISTS', base .. ':once:' .. ARGV[1]) == 1 then
  redis.call('SET', base .. ':once:' .. ARGV[1], '=' .. ARGV[2], 'KEEPTTL')
end
return reply
