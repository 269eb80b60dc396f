/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies below the sockets of wild.c: the queue of their node's card, its settings, its addresses and routes. */
#ifndef WILD_WORLD_H
#define WILD_WORLD_H

#include "wild_draw.h"

#include <stdarg.h>
#include <stdlib.h>

enum {
	WORLD = 990, /* what both nodes draw alike; then each its own */
};

static const char *const queues[] = {
	"loss 15%",
	"duplicate 30%",
	"delay 5ms 4ms",
	"delay 10ms reorder 40% 50%",
	"loss 10% duplicate 20% delay 3ms 2ms",
	"delay 30ms limit 3",
	"rate 2mbit limit 6",
	"loss 5% delay 250ms",
};

static const char *const settings[] = {
	"tcp_timestamps=0",
	"tcp_sack=0",
	"tcp_window_scaling=0",
	"tcp_ecn=1",
	"tcp_fastopen=3",
	"tcp_fastopen=1027",
	"tcp_syncookies=2",
	"tcp_syncookies=0",
	"tcp_abort_on_overflow=1",
	"tcp_max_syn_backlog=1",
	"tcp_synack_retries=1",
	"tcp_tw_reuse=1",
	"tcp_fin_timeout=1",
	"tcp_congestion_control=reno",
	"tcp_autocorking=0",
	"tcp_retries2=3",
	"tcp_slow_start_after_idle=0",
	"tcp_recovery=0",
	"tcp_early_retrans=0",
	"tcp_max_tw_buckets=1",
	"tcp_rfc1337=1",
	"tcp_mtu_probing=2",
	"tcp_min_tso_segs=1",
	"tcp_rmem=4096 8000 16000",
	"tcp_wmem=4096 8000 16000",
	"ip_default_ttl=9",
	"ip_no_pmtu_disc=1",
	"ip_early_demux=0",
	"icmp_ratelimit=0",
	"tcp_limit_output_bytes=3000",
};

/* By either node, about the way to either. */
static const char *const changes[] = {
	"/bin/ip neigh flush dev eth0",
	"/bin/ip route replace 10.0.0.%d/32 dev eth0 mtu 700",
	"/bin/ip route replace 10.0.0.%d/32 dev eth0 initcwnd 2 advmss 300",
	"/bin/ip route replace 10.0.0.%d/32 dev eth0 quickack 1 rto_min 50ms",
	"/bin/ip route replace unreachable 10.0.0.%d/32",
	"/bin/ip route del 10.0.0.%d/32",
	"/bin/ip route flush cache",
	"/bin/tc qdisc replace dev eth0 root netem delay 20ms loss 10%%",
	"/bin/tc qdisc del dev eth0 root",
	"/bin/ip address add 10.0.0.%d5/24 dev eth0",
	"/bin/ping -c 1 -W 1 -s 100 10.0.0.%d",
	"/bin/ping -c 1 -W 1 -s 3000 10.0.0.%d",
	"/bin/ping6 -c 1 -W 1 fd00::%d",
};

static void run(const char *format, ...)
{
	char command[400];
	va_list values;

	va_start(values, format);
	vsnprintf(command, sizeof(command), format, values);
	va_end(values);
	told(command, system(command));
}

static void change(void)
{
	run(PICK(changes), (int)draw(2) + 1);
}

/* The card gets an address of IPv6, and sends nothing of its own: as six() of rootfs/lib.sh does it. */
static void six(int node)
{
	run("sysctl -q -w net.ipv6.conf.eth0.addr_gen_mode=1 net.ipv6.conf.eth0.accept_ra=0 "
	    "net.ipv6.conf.eth0.disable_ipv6=0; /bin/ip link set eth0 arp off; "
	    "/bin/ip address add fd00::%d/64 dev eth0 nodad; usleep 20000; "
	    "/bin/ip link set eth0 arp on; "
	    "/bin/ip neigh replace fd00::%d lladdr 52:54:00:00:00:0%d nud permanent dev eth0",
	    node, 3 - node, 3 - node);
}

static void world(int node)
{
	draw_from(WORLD);
	if (draw(2))
		six(node);
	draw_from(WORLD + (unsigned int)node);
	if (!draw(2))
		run("/bin/tc qdisc add dev eth0 root netem %s", PICK(queues));
	for (unsigned int n = draw(4); n--;)
		run("sysctl -q -w \"net.ipv4.%s\" 2>&1", PICK(settings));
}

#endif
