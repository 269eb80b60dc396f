# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The words that labs are written in; guest.sh reads this file first.
#
#   up NODE...        gives the node's cards their addresses and waits until they have a link
#   on NODE COMMAND   runs a command in the node
#   step NAME         begins a step of the lab
#   where_known NODE KEY=VALUE  sets what `sysctl` sets, if this release has it; KEY is its path below /proc/sys
#   wait_for COMMAND  tries a command until it succeeds
#   settled NODE      whether no connection there is under way, as for wait_for
#   listens NODE PORT succeeds when a TCP socket of the node listens on the port
#   witnesses NODE... prints what the nodes' kernel itself counted and keeps
#
# Witnesses: what programs of the node say, handed to the tracer as an event, so that `expect` can compare it:
#   witness NODE WHAT KEY=VALUE...
#   counters NODE NAME...   counters of /proc/net/snmp, netstat and snmp6 by nstat's names, such as TcpRetransSegs
#   neighbour NODE IP       what `ip neigh` says of it
#   address NODE IP         what `ip -6 address` says of it: flags, and how long it is valid and preferred, in seconds
#   defaults NODE           what `ip -6 route` says of its default route, and how many there are
#   route NODE ARGUMENTS    what `ip route get` says
#   sockets NODE OPTION     what `ss -tn OPTION` says, a witness for each socket
#   queues NODE             what /proc/net/tcp and tcp6 say of the queues of its TCP sockets; at the end of every run
#   datagrams NODE :PORT    what `ss -uanm` says of the UDP sockets with this port, a witness for each

# mark TEXT: tells the tracer where the guest is, by a call of the kernel's comm_write()
mark() { (echo "ktlab $1" >/proc/self/comm); }

# nics: the topology's lines without comments
nics() { sed '/^[[:space:]]*\(#\|$\)/d' "$KTLAB_TOPOLOGY"; }

# nodes: each node's name once, in the order of the topology
nodes() { nics | awk '!seen[$1]++ { print $1 }'; }

step() {
	mark "step $1"
	echo "== $1"
}

# by path, because busybox prefers its own ip to the real one
on() {
	on_node=$1 on_program=$2
	shift 2
	[ ! -x "/bin/$on_program" ] || on_program=/bin/$on_program
	nsenter --net="/run/netns/$on_node" "$on_program" "$@"
}

where_known() { [ ! -e "/proc/sys/${2%=*}" ] || on "$1" sysctl -q -w "$2"; }

# wait_for COMMAND...: 10 s at most, then says what did not come
wait_for() {
	wait_tries=1000
	until "$@"; do
		wait_tries=$((wait_tries - 1))
		if [ $wait_tries = 0 ]; then
			echo "wait_for: '$*' did not succeed within 10 s" >&2
			return 1
		fi
		usleep 10000
	done
}

# LISTEN is state 0A, see include/net/tcp_states.h
listens() { on "$1" grep -qsE "$(printf ':%04X 0+:0000 0A' "$2")" /proc/net/tcp /proc/net/tcp6; }

# settled NODE: no connection there is under way any more: its sockets listen, or are in TIME_WAIT
settled() { ! on "$1" grep -qsE ':.... [0-9A-F]+:.... 0[1-57-9B]' /proc/net/tcp /proc/net/tcp6; }

witnesses() {
	for witness_node in "$@"; do
		for witness in "cat /proc/net/tcp" "cat /proc/net/arp" "cat /proc/net/snmp" "cat /proc/net/netstat" \
			"ss -tan" "ip neigh"; do
			echo "-- $witness_node: $witness"
			# shellcheck disable=SC2086 # a command and its arguments
			on "$witness_node" $witness
		done
	done
}

witness() {
	echo "-- $*"
	mark "witness $*"
}

counters() {
	counters_node=$1 counters_six=
	shift
	case $* in *[a-z]6*) counters_six=/proc/net/snmp6 ;; esac
	# shellcheck disable=SC2046,SC2086 # a word a counter
	witness "$counters_node" counters $(on "$counters_node" cat /proc/net/snmp /proc/net/netstat $counters_six | awk -v wanted="$*" '
		NF == 2 && $1 ~ /6/ { count[$1] = $2; next }
		$1 != head { head = $1; split($0, names); next }
		{ table = $1; sub(":", "", table); for (i = 2; i <= NF; i++) count[table names[i]] = $i; head = "" }
		END { n = split(wanted, names); for (i = 1; i <= n; i++) print names[i] "=" count[names[i]] }')
}

neighbour() {
	# shellcheck disable=SC2046 # a word a field
	witness "$1" neighbour ip="$2" $(on "$1" ip neigh show "$2" | awk '
		{ for (i = 2; i < NF; i += 2) if ($i == "router") print $(i--) "=yes"; else if ($i != "used") print $i "=" $(i + 1)
		print "nud=" $NF }')
}

address() {
	# shellcheck disable=SC2046 # a word a field
	witness "$1" address ip="$2" $(on "$1" ip -6 -o address show to "$2" | awk '{
		sub(/\\/, ""); flags = ""
		for (i = 1; i <= NF; i++) {
			if ($i == "inet6") { sub(".*/", "", $(i + 1)); print "prefix_len=" $(i + 1) }
			if ($i == "scope") { print "scope=" $(++i); inside = 1; continue }
			if ($i ~ /^(valid|preferred)_lft$/) { inside = 0; sub("sec", "", $(i + 1)); print $i "=" $(i + 1) }
			if (inside) flags = flags (flags == "" ? "" : ",") $i
		}
		print "flags=" (flags == "" ? "none" : flags) }')
}

defaults() {
	# shellcheck disable=SC2046 # a word a field
	witness "$1" default $(on "$1" ip -6 route show default | awk '
		{ for (i = 2; i < NF; i += 2) { sub("sec$", "", $(i + 1)); print $i "=" $(i + 1) } }
		END { print "routes=" NR }')
}

route() {
	route_node=$1
	shift
	# shellcheck disable=SC2046 # a word a field
	witness "$route_node" route dst="$1" $(on "$route_node" ip route get "$@" 2>&1 | awk '
		/^RTNETLINK/ { sub(".*: ", ""); gsub(" ", "_"); print "error=" $0 }
		NR == 1 && !/^RTNETLINK/ {
			for (i = $1 ~ /[.:]/ ? 2 : 3; i < NF; i += 2)
				if ($i ~ /^(via|dev|src|from|table|proto|metric|pref)$/) print $i "=" $(i + 1)
		}')
}

sockets() {
	on "$1" ss -Htn "$2" | while read -r state recv_q send_q local peer _; do
		witness "$1" socket state="$state" recv_q="$recv_q" send_q="$send_q" local="$local" peer="$peer"
	done
}

# 06, 07, 03 and 0C: TIME_WAIT, CLOSE and requests have none of these queues
queues() {
	on "$1" awk -v node="$1" '
		function tell(text) { print "ktlab witness " node " " text >"/proc/self/comm"; close("/proc/self/comm") }
		BEGIN { tell("sockets") }
		$1 ~ /^[0-9]+:$/ && $4 ~ /^0[124589AB]$/ { tell("queues st=" $4 " local=" $2 " peer=" $3 " queues=" $5) }
		' /proc/net/tcp*
}

datagrams() {
	# skmem:(r3072,rb2304,…,d2): bytes that wait, with all that belongs to them; the most; how many were dropped
	on "$1" ss -HOuanm "sport = $2" | awk '{
		sub(/.*skmem:\(/, "", $NF); n = split($NF, parts, /[,)]/)
		for (i = 1; i <= n; i++) if (match(parts[i], /^[a-z]+/)) value[substr(parts[i], 1, RLENGTH)] = substr(parts[i], RLENGTH + 1)
		print $2, $4, value["r"], value["rb"], value["d"] }' |
		while read -r recv_q local rmem limit drops; do
			witness "$1" datagrams recv_q="$recv_q" local="$local" rmem="$rmem" limit="$limit" drops="$drops"
		done
}

# has_links NODE: every card of the node that is up has a carrier
has_links() { ! on "$1" ip -o link show up | grep -qv LOWER_UP; }

# six NODE NIC ADDRESS/PREFIX: for `ip -batch`, which makes a card that is not up one of IPv6 that sends nothing of its own: no
# address of the link to ask a router with, no question whether another has the address, no group to report. It hears no
# question for its MAC either, so its neighbours must be told it
six() {
	on "$1" sysctl -q -w "net.ipv6.conf.$2.addr_gen_mode=1" "net.ipv6.conf.$2.accept_ra=0" "net.ipv6.conf.$2.disable_ipv6=0"
	# what takes no question joins no group for it (addrconf_join_solict()): so until the kernel has given it the address
	printf '%s\n' "link set $2 arp off" "address add $3 dev $2 nodad"
	usleep 20000
	echo "link set $2 arp on"
}

up() {
	for up_node in "$@"; do
		{
			echo "link set lo up"
			nics | while read -r node nic _ _ address address6; do
				[ "$node" = "$up_node" ] || continue
				[ -z "$address6" ] || six "$node" "$nic" "$address6"
				printf '%s\n' "address add $address dev $nic" "link set $nic up"
			done
		} | on "$up_node" ip -batch -
	done
	for up_node in "$@"; do
		wait_for has_links "$up_node"
	done
	# QEMU's e1000 takes no frame until 1 s after its receiver was switched on (set_rx_control() in hw/net/e1000.c),
	# and nothing that the guest can read tells it
	usleep 1010000
}

# at once, because init is a script and does not listen to busybox's poweroff
poweroff() { command poweroff -f; }
