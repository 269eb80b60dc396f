// SPDX-License-Identifier: GPL-2.0-or-later
/* A router's part in neighbour discovery (RFC 4861 6.2): answers router solicitations with the advertisement that it is told. */
#define _GNU_SOURCE
#include "common.h"

#include <net/if.h>
#include <netinet/icmp6.h>
#include <sys/ioctl.h>

enum {
	HOP_LIMIT = 255, /* RFC 4861 6.1.2: what came through another router has less */
	HOURS = 3600,
};

static const char *card = "eth0", *prefix = "fd00:1::";
static int prefix_length = 64, lifetime = 1800, valid = 24 * HOURS, preferred = 4 * HOURS,
	   count = 1, ask = 1;

static const struct option_row options[] = {
	{ "card", "NAME", "the card of the link", &card, NULL, 0, 0 },
	{ "prefix", "ADDRESS", "the link's prefix", &prefix, NULL, 0, 0 },
	{ "length", "BITS", "its length", NULL, &prefix_length, 0, 128 },
	{ "valid", "SECONDS", "how long addresses of it are valid", NULL, &valid, 0, INT_MAX },
	{ "preferred", "SECONDS", "how long they are preferred", NULL, &preferred, 0, INT_MAX },
	{ "lifetime", "SECONDS", "how long this is a default router, 0: it is none", NULL,
	  &lifetime, 0, 65535 },
	{ "count", "N", "end after so many advertisements", NULL, &count, 1, INT_MAX },
	{ "ask", "N", "0: advertise without being asked", NULL, &ask, 0, 1 },
};

static const struct program program = { "ra",
					"Waits for router solicitations and answers each to all "
					"nodes of the link.",
					options, sizeof(options) / sizeof(options[0]) };

/* What is sent: the header, then this router's own MAC and the link's prefix, as options. */
struct advertisement {
	struct nd_router_advert header;
	struct {
		struct nd_opt_hdr head;
		unsigned char mac[6];
	} source;
	struct nd_opt_prefix_info prefix;
};

/* A socket that gets router solicitations alone, of this card. */
static int socket_open(void)
{
	int fd = (int)check(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6), &program, "socket",
			    "AF_INET6 SOCK_RAW");
	int hops = HOP_LIMIT, loop = 0;
	struct icmp6_filter filter;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_SOLICIT, &filter);
	check(setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)), &program,
	      "setsockopt", "ICMP6_FILTER");
	check(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, card, (socklen_t)strlen(card) + 1),
	      &program, "setsockopt", card);
	check(setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops)), &program,
	      "setsockopt", "IPV6_MULTICAST_HOPS");
	/* what the kernel's own messages do not do either: net/ipv6/ndisc.c ndisc_net_init() */
	check(setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &loop, sizeof(loop)), &program,
	      "setsockopt", "IPV6_MULTICAST_LOOP");
	return fd;
}

static void advertisement_fill(struct advertisement *made, int fd)
{
	struct ifreq request = { 0 };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", card);
	check(ioctl(fd, SIOCGIFHWADDR, &request), &program, "SIOCGIFHWADDR", card);
	*made = (struct advertisement){
		.header.nd_ra_type = ND_ROUTER_ADVERT,
		.source.head = { ND_OPT_SOURCE_LINKADDR, sizeof(made->source) / 8 },
		.prefix = { .nd_opt_pi_type = ND_OPT_PREFIX_INFORMATION,
			    .nd_opt_pi_len = sizeof(made->prefix) / 8,
			    .nd_opt_pi_prefix_len = (uint8_t)prefix_length,
			    .nd_opt_pi_flags_reserved = ND_OPT_PI_FLAG_ONLINK | ND_OPT_PI_FLAG_AUTO,
			    .nd_opt_pi_valid_time = htonl((uint32_t)valid),
			    .nd_opt_pi_preferred_time = htonl((uint32_t)preferred) },
	};
	/* two members of one union, so not in the list above */
	made->header.nd_ra_curhoplimit = 64;
	made->header.nd_ra_router_lifetime = htons((uint16_t)lifetime);
	memcpy(made->source.mac, request.ifr_hwaddr.sa_data, sizeof(made->source.mac));
	if (inet_pton(AF_INET6, prefix, &made->prefix.nd_opt_pi_prefix) != 1)
		usage_error(&program, "--prefix '%s': not an address such as fd00:1::", prefix);
}

/* Waits for a solicitation and says from whom it came. */
static void solicitation_wait(int fd)
{
	union address from;
	socklen_t size = sizeof(from);
	char buffer[1024], text[INET6_ADDRSTRLEN];

	check(recvfrom(fd, buffer, sizeof(buffer), 0, &from.any, &size), &program, "recvfrom", "");
	inet_ntop(AF_INET6, &from.v6.sin6_addr, text, sizeof(text));
	printf("%s: solicitation from %s\n", program.name, text);
}

int main(int argc, char **argv)
{
	union address all = { .v6 = { .sin6_family = AF_INET6 } };
	struct advertisement made;
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	options_parse(&program, argc, argv);
	fd = socket_open();
	advertisement_fill(&made, fd);
	/* all nodes of the link */
	inet_pton(AF_INET6, "ff02::1", &all.v6.sin6_addr);
	all.v6.sin6_scope_id = if_nametoindex(card);
	for (int sent = 0; sent < count; sent++) {
		if (ask)
			solicitation_wait(fd);
		check(sendto(fd, &made, sizeof(made), 0, &all.any, address_bytes(&all)), &program,
		      "sendto", "ff02::1");
		printf("%s: advertised %s/%d, router for %d s\n", program.name, prefix,
		       prefix_length, lifetime);
	}
	return 0;
}
