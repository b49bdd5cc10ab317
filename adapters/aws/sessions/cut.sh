# Drawbridge: cuts the TCP connections of one source to some ports of this machine, and says what is left of them.
source='{{ Source }}'
ports='{{ Ports }}'

fail() {
  echo "drawbridge error=$1"
  exit 1
}

command -v ss >/dev/null 2>&1 || fail no-ss

# ss takes a prefix of no bits for every address of both families, and an IPv6 prefix for mapped IPv4 addresses too.
case $source in
0.0.0.0/0) peer='( dst 0.0.0.0/1 or dst 128.0.0.0/1 )' family=ipv4 ;;
*:*/0) peer='( dst [::/1] or dst [8000::/1] ) and not dst [::ffff:0:0/96]' family=ipv6 ;;
*:*) peer="dst [$source] and not dst [::ffff:0:0/96]" family=ipv6 ;;
*) peer="dst $source" family=ipv4 ;;
esac

# Handshakes under way, and connections that one side alone has ended, belong to them.
list() {
  ss "$2" state established state syn-recv state close-wait "$peer and sport = :$1"
}

count() {
  lines=$(list "$1" -tnH 2>/dev/null) || fail ss-failed
  if [ -z "$lines" ]; then echo 0; else echo "$lines" | wc -l | tr -d ' '; fi
}

for port in $(echo "$ports" | tr ',' ' '); do
  found=$(count "$port") || fail ss-failed
  left=$found
  if [ "$found" -gt 0 ]; then
    # Needs CONFIG_INET_DIAG_DESTROY in the kernel; without it ss says nothing and cuts nothing.
    list "$port" -KtnH >/dev/null 2>&1
    left=$(count "$port") || fail ss-failed
  fi
  if [ "$left" -gt 0 ] && command -v conntrack >/dev/null 2>&1; then
    # A firewall of this machine that refuses what it does not know ends them then.
    conntrack -D -f "$family" -p tcp -s "$source" --dport "$port" >/dev/null 2>&1
    left=$(count "$port") || fail ss-failed
  fi
  echo "drawbridge port=$port found=$found left=$left"
done
