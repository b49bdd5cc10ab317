-- The machine ARGV[1] was looked at: its time is that of its first request again, but not before ARGV[2] ms from now.
local reply, at = answer(false)
reckon(ARGV[1], at + ARGV[2])
return reply
