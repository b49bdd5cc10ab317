-- Lets go of the locks (KEYS), and of the marks of having waited for them, that are the token ARGV[1]'s.
for i = 1, #KEYS do
  for _, key in ipairs({ KEYS[i], KEYS[i] .. ':closing' }) do
    if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end
  end
end
return 1
