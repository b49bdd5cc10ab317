-- The process ARGV[1] lives (KEYS[1]: when each said so last, by Redis's clock). Answers those that said nothing for
-- ARGV[2] ms. One that was silent for so long itself, or that nobody knows yet, cannot tell: after a Redis that was away, all begin
-- anew. After ARGV[3] ms a silent one is forgotten.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local own = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])
local silent = {}
if own and now - tonumber(own) < tonumber(ARGV[2]) then
  silent = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2], 'LIMIT', 0, 100)
elseif own then
  for _, process in ipairs(redis.call('ZRANGE', KEYS[1], 0, 999)) do redis.call('ZADD', KEYS[1], now, process) end
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return silent
