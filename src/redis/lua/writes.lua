-- The locks (KEYS) of the token ARGV[1], which only removed so far, are the token ARGV[2]'s from now on, which may also
-- write. Answers 1; or 0 where they were lost, or a call of who left them may still land. Sent again, it is answered again.
for i = 1, #KEYS do
  local holder = redis.call('GET', KEYS[i])
  if holder ~= ARGV[1] and holder ~= ARGV[2] then return 0 end
  if redis.call('EXISTS', KEYS[i] .. ':left') == 1 then return 0 end
end
for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[2], 'KEEPTTL') end
return 1
