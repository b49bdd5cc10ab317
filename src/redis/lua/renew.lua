-- Holds all locks (KEYS) of the token ARGV[1] for another ARGV[2] ms, when none of them was lost. Answers 1 or 0.
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) ~= ARGV[1] then return 0 end
end
for i = 1, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
return 1
