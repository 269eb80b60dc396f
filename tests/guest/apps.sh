#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The programs client and server, on this machine's loopback.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
make -s build/apps/client build/apps/server >&2 || exit 1

work=$(mktemp -d)
server=
trap 'rm -rf "$work"; [ -z "$server" ] || kill "$server" 2>/dev/null' EXIT

# serve OPTION...: a server in the background on a free port, which $port then names
serve() {
	: >"$work/server"
	build/apps/server --address 127.0.0.1 --port 0 "$@" >"$work/server" 2>&1 &
	server=$!
	local tries=500
	until port=$(sed -n 's/^server: listening on 127.0.0.1:\([0-9]*\),.*/\1/p' "$work/server") && [ -n "$port" ]; do
		((--tries)) || return 1
		sleep 0.02
	done
}

client() {
	build/apps/client --address 127.0.0.1 --port "$port" "$@" >"$work/client" 2>&1
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
	sed "s/:$port\b/:SERVER/; s/127.0.0.1:[0-9][0-9]*/127.0.0.1:CLIENT/" "$work/$file"
	diff <(printf '%s\n' "$@") <(sed "s/:$port\b/:SERVER/; s/127.0.0.1:[0-9][0-9]*/127.0.0.1:CLIENT/" "$work/$file")
}

serve
it 'talks' client
server_end
it 'ends the server after one connection' test $server_status = 0
it 'lets the client say what it saw' said client \
	'client: connected 127.0.0.1:CLIENT to 127.0.0.1:SERVER' \
	'client: sent 17 bytes: Hello from client' 'client: received 17 bytes: Hello from server'
it 'lets the server say what it saw' said server \
	'server: listening on 127.0.0.1:SERVER, backlog 5' \
	'server: accepted 127.0.0.1:CLIENT on 127.0.0.1:SERVER' \
	'server: received 17 bytes: Hello from client' 'server: sent 17 bytes: Hello from server' \
	'server: the other end has closed'

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
it 'refuses an address that is none' fails 2 "client: --address 'localhost': not an IPv4 address" \
	build/apps/client --address localhost
it 'refuses an unknown option' fails 2 "server: unknown option '--fork'" build/apps/server --fork
it 'asks for a missing value' fails 2 'client: --message: needs a value' build/apps/client --message
it 'prints the client'\''s defaults' says 'address to connect to (10.0.0.2)' build/apps/client --help
it 'prints the server'\''s defaults' says 'port to listen on (8080)' build/apps/server --help
tap_end
