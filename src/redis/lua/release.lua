-- Lets go of the locks (KEYS), and of the marks of having waited for them, that are those of one of the tokens ARGV.
for i = 1, #KEYS do
  for _, key in ipairs({ KEYS[i], KEYS[i] .. ':closing' }) do
    local holder = redis.call('GET', key)
    for _, token in ipairs(ARGV) do
      if holder == token then redis.call('DEL', key) end
    end
  end
end
return 1
