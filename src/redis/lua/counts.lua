-- How many requests are current for the person ARGV[1], on the machine ARGV[2], and in all.
local reply = answer(false)
for _, count in ipairs({ counts(ARGV[1], ARGV[2]) }) do reply[#reply + 1] = count end
return reply
