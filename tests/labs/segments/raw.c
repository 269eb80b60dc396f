// SPDX-License-Identifier: GPL-2.0-or-later
/* Sends one packet of TCP, UDP or ICMP as it is given, over the IP that its first digit says, with right or wrong checksum:
 * raw right|wrong "HEX HEX ..."; one of IPv4 with a device and the MAC of a receiver behind it by AF_PACKET, past IP. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
	IP_CHECK = 10,
	IP_PROTOCOL = 9,
	IP_ADDRESSES = 12,
	IP6_NEXT = 6,
	IP6_ADDRESSES = 8,
	IP6_BYTES = 40
};

/* Where a protocol has its checksum, and whether that is of the addresses, too. */
static const struct protocol {
	unsigned char number, check, pseudo;
} protocols[] = {
	{ IPPROTO_TCP, 16, 1 },
	{ IPPROTO_UDP, 6, 1 },
	{ IPPROTO_ICMP, 2, 0 },
	{ IPPROTO_ICMPV6, 2, 1 },
};

static size_t read_hex(const char *text, unsigned char *out, size_t room)
{
	size_t n = 0;
	unsigned int byte;

	for (; *text && n < room; text += 2) {
		while (*text == ' ')
			text++;
		if (sscanf(text, "%2x", &byte) != 1)
			break;
		out[n++] = (unsigned char)byte;
	}
	return n;
}

/* RFC 1071 */
static uint32_t add(uint32_t sum, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	return sum;
}

static void put_sum(unsigned char *at, uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	at[0] = (unsigned char)(sum >> 8);
	at[1] = (unsigned char)sum;
}

static int send_frame(const unsigned char *packet, size_t length, const char *device,
		      const char *mac)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_IP),
				  .sll_ifindex = (int)if_nametoindex(device),
				  .sll_halen = ETH_ALEN };
	int fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));

	read_hex(mac, to.sll_addr, ETH_ALEN);
	if (sendto(fd, packet, length, 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
		perror("raw: sendto");
		return 1;
	}
	return 0;
}

/* Sends what has its header by a raw socket; port 0, for the kernel holds that of IPv6 against the socket's (raw.c). */
static int send_raw(const unsigned char *packet, size_t length, int family)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	int six = family == AF_INET6, fd = socket(family, SOCK_RAW, IPPROTO_RAW);

	memcpy(&v4.sin_addr, packet + IP_ADDRESSES + 4, 4);
	memcpy(&v6.sin6_addr, packet + IP6_ADDRESSES + 16, 16);
	if (sendto(fd, packet, length, 0, six ? (void *)&v6 : (void *)&v4,
		   six ? sizeof(v6) : sizeof(v4)) < 0) {
		perror("raw: sendto");
		return 1;
	}
	return 0;
}

/* The protocol's row, or NULL where the packet ends before its checksum does. */
static const struct protocol *protocol_of(unsigned char number, size_t length)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (protocols[i].number == number && length >= protocols[i].check + 2u)
			return &protocols[i];
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned char packet[256];
	size_t length = argc == 3 || argc == 5 ? read_hex(argv[2], packet, sizeof(packet)) : 0;
	int six = length && packet[0] >> 4 == 6;
	size_t header = six ? IP6_BYTES : length ? (packet[0] & 15u) * 4u : 0;
	const struct protocol *of = NULL;
	uint32_t sum = 0;

	if (header >= 20 && length > header)
		of = protocol_of(packet[six ? IP6_NEXT : IP_PROTOCOL], length - header);
	if (!of || (six && argc == 5)) {
		fprintf(stderr, "usage: raw right|wrong PACKET [DEVICE MAC]\n");
		return 2;
	}
	if (of->pseudo)
		sum = add(of->number + (uint32_t)(length - header),
			  packet + (six ? IP6_ADDRESSES : IP_ADDRESSES), six ? 32 : 8);
	sum = add(sum, packet + header, length - header) + !strcmp(argv[1], "wrong");
	put_sum(packet + header + of->check, sum);
	/* the kernel sets that of IPv4 in what comes by a raw socket */
	if (!six)
		put_sum(packet + IP_CHECK, add(0, packet, header));
	if (argc == 5)
		return send_frame(packet, length, argv[3], argv[4]);
	return send_raw(packet, length, six ? AF_INET6 : AF_INET);
}
