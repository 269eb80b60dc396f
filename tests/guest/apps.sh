#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The programs client, server and sock, on this machine's loopback, and ra, on a wire of its own.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
make -s build/apps/client build/apps/server build/apps/sock build/apps/ra >&2 || exit 1

work=$(mktemp -d)
server=
trap 'rm -rf "$work"; [ -z "$server" ] || kill "$server" 2>/dev/null' EXIT

# where client and server meet, and how a sentence writes it
ip=127.0.0.1 shown=127.0.0.1

# serve OPTION...: a server in the background on a free port, which $port then names
serve() {
	: >"$work/server"
	build/apps/server --address $ip --port 0 "$@" >"$work/server" 2>&1 &
	server=$!
	local tries=500
	until port=$(sed -n 's/^server: listening on .*:\([0-9]*\), backlog.*/\1/p' "$work/server") && [ -n "$port" ]; do
		((--tries)) || return 1
		sleep 0.02
	done
}

client() {
	build/apps/client --address $ip --port "$port" "$@" >"$work/client" 2>&1
}

# server_end: waits for it; its status is then $server_status
server_end() {
	server_status=0
	wait "$server" || server_status=$?
	server=
}

# said FILE TEXT...: the lines, with the client's port replaced
said() {
	local file=$1
	shift
	sed "s/:$port\b/:SERVER/; s/\([]1]\):[0-9][0-9]*/\1:CLIENT/" "$work/$file" >"$work/steady"
	cat "$work/steady"
	diff <(printf '%s\n' "$@") "$work/steady"
}

# talks FAMILY: one connection over it
talks() {
	serve
	it "talks over $1" client
	server_end
	it "ends the server after one connection over $1" test $server_status = 0
	it "lets the client say what it saw over $1" said client \
		"client: connected $shown:CLIENT to $shown:SERVER" \
		'client: sent 17 bytes: Hello from client' 'client: received 17 bytes: Hello from server'
	it "lets the server say what it saw over $1" said server \
		"server: listening on $shown:SERVER, backlog 5" \
		"server: accepted $shown:CLIENT on $shown:SERVER" \
		'server: received 17 bytes: Hello from client' 'server: sent 17 bytes: Hello from server' \
		'server: the other end has closed'
}

talks IPv4
if grep -qs ' lo$' /proc/net/if_inet6; then
	ip=::1 shown='[::1]'
	talks IPv6
	it 'names a refused connection over IPv6' fails 1 "client: connect [::1]:$port: ECONNREFUSED" \
		build/apps/client --address ::1 --port "$port"
	serve --address ::
	ip=127.0.0.1
	it 'takes a client of IPv4, too, where it listens on any address' client
	server_end
	it 'shows its address as one of IPv6' grep -q '^server: accepted \[::ffff:127.0.0.1\]:[0-9]* on \[::ffff:127.0.0.1\]:' "$work/server"
else
	skip 'talks over IPv6' 'lo has no address of IPv6'
fi
ip=127.0.0.1

serve --count 3 --backlog 2 --message 'na gut'
it 'makes several connections' client --count 3 --message 'Grüße'
server_end
it 'accepts as many' test $server_status = 0
it 'answers each with its message' test "$(grep -c 'received 6 bytes: na gut' "$work/client")" = 3
it 'receives each message' test "$(grep -c 'received 7 bytes: Grüße' "$work/server")" = 3
it 'listens with its backlog' grep -q 'backlog 2$' "$work/server"

it 'names a refused connection' fails 1 "client: connect 127.0.0.1:$port: ECONNREFUSED" \
	build/apps/client --address 127.0.0.1 --port "$port"
serve
it 'names a used address' fails 1 "server: bind 127.0.0.1:$port: EADDRINUSE" \
	build/apps/server --address 127.0.0.1 --port "$port"
it 'names a foreign address' fails 1 'server: bind 192.0.2.1:8080: EADDRNOTAVAIL' \
	build/apps/server --address 192.0.2.1
kill "$server"

it 'refuses a port out of range' fails 2 "client: --port '65536': not a number from 1 to 65535" \
	build/apps/client --port 65536
it 'refuses a port that is no number' fails 2 "'http'" build/apps/server --port http
it 'refuses an address that is none' fails 2 "client: --address 'localhost': not an address such as 10.0.0.2 or fd00::2" \
	build/apps/client --address localhost
it 'refuses an address that begins like one' fails 2 'not an address' build/apps/client --address fd00::2::1
it 'refuses an address of a link without its card' fails 2 "server: --address 'fe80::2': an address of a link, needs its card: fe80::2%eth0" \
	build/apps/server --address fe80::2
it 'refuses a card that is not there' fails 2 "'fe80::2%eth77': there is no card 'eth77'" build/apps/server --address fe80::2%eth77
it 'refuses an unknown option' fails 2 "server: unknown option '--fork'" build/apps/server --fork
it 'asks for a missing value' fails 2 'client: --message: needs a value' build/apps/client --message
it 'prints the client'\''s defaults' says 'address to connect to (10.0.0.2)' build/apps/client --help
it 'prints the server'\''s defaults' says 'port to listen on (8080)' build/apps/server --help

# words WANTED WORD...: what sock says last of its words
words() {
	local wanted=$1
	shift
	build/apps/sock "$@" >"$work/sock" 2>&1
	cat "$work/sock"
	[ "$(tail -n 1 "$work/sock")" = "$wanted" ]
}
it 'drives a socket of IPv4' words 'connect 127.0.0.1:1 = -1 ECONNREFUSED' bind 127.0.0.1:0 connect 127.0.0.1:1
if grep -qs ' lo$' /proc/net/if_inet6; then
	it 'drives a socket of IPv6' words 'connect [::1]:1 = -1 ECONNREFUSED' tcp6 bind '[::1]:0' ttl 33 connect '[::1]:1'
else
	skip 'drives a socket of IPv6' 'lo has no address of IPv6'
fi
it 'tells that a socket of IPv4 takes no address of IPv6' words 'bind [::1]:0 = -1 EAFNOSUPPORT' bind '[::1]:0'
it 'refuses an endpoint that is none' fails 2 "'fd00::2:80': not an address such as 10.0.0.2:8080 or [fd00::2]:8080" \
	build/apps/sock tcp6 bind fd00::2:80

# advertised: at the other end of the wire this machine's own kernel asks, and makes an address of what it is answered
advertised() {
	# shellcheck disable=SC2016 # the shell in the namespace is to expand them
	timeout 30 unshare -n sh -ec '
		ip link add far type veth peer name near
		echo 1 >/proc/sys/net/ipv6/conf/near/accept_ra_from_local
		echo 1 >/proc/sys/net/ipv6/conf/far/forwarding # a router is in the group that is asked: ff02::2
		ip link set far up
		build/apps/ra --card far --prefix fd00:9:: --preferred 600 --valid 700 --lifetime 0 >"$1" &
		ip link set near up
		wait $!
		until ip -6 addr show dev near scope global | grep -v tentative | grep fd00:9::; do sleep 0.1; done
		ip -6 addr show dev near
		ip -6 addr show dev near scope global | grep -E "valid_lft (700|69[0-9])sec preferred_lft (600|59[0-9])sec"
		! ip -6 route show default | grep .
	' sh "$work/ra" && grep -q '^ra: solicitation from fe80::' "$work/ra" && grep -qx 'ra: advertised fd00:9::/64, router for 0 s' "$work/ra"
}
if ! unshare -n ip link add far type veth peer name near 2>"$work/why"; then
	skip 'advertises a prefix that a kernel takes' "no wire of its own: $(tail -n 1 "$work/why")"
elif [ "$(cat /proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null)" != 0 ]; then
	skip 'advertises a prefix that a kernel takes' 'this machine has no IPv6'
else
	it 'advertises a prefix that a kernel takes' advertised
fi
it 'refuses a prefix that is none' fails 2 "ra: --prefix 'fd00': not an address such as fd00:1::" build/apps/ra --card lo --prefix fd00
it 'names a card that is not there' fails 1 'ra: setsockopt eth77: ENODEV' build/apps/ra --card eth77
tap_end
