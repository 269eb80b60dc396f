// SPDX-License-Identifier: GPL-2.0-or-later
/* Sends one IP packet as it is given, with right or wrong checksum: raw right|wrong "HEX HEX ..."; with a device and the MAC of
 * a receiver behind it by AF_PACKET, past IP. */
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
	IP_DADDR = 16,
	IP_ADDRESSES = 12,
	TCP_CHECK = 16,
	TCP = 6
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

int main(int argc, char **argv)
{
	unsigned char packet[256];
	struct sockaddr_in to = { .sin_family = AF_INET };
	size_t length = argc == 3 || argc == 5 ? read_hex(argv[2], packet, sizeof(packet)) : 0;
	size_t header = length ? (packet[0] & 15u) * 4u : 0;
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	uint32_t sum;

	if (header < 20 || length < header + 20) {
		fprintf(stderr, "usage: raw right|wrong PACKET [DEVICE MAC]\n");
		return 2;
	}
	sum = add(TCP + (uint32_t)(length - header), packet + IP_ADDRESSES, 8);
	sum = add(sum, packet + header, length - header) + !strcmp(argv[1], "wrong");
	put_sum(packet + header + TCP_CHECK, sum);
	/* the kernel sets that of IP in what comes by a raw socket */
	put_sum(packet + IP_CHECK, add(0, packet, header));
	if (argc == 5)
		return send_frame(packet, length, argv[3], argv[4]);
	memcpy(&to.sin_addr, packet + IP_DADDR, 4);
	if (sendto(fd, packet, length, 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
		perror("raw: sendto");
		return 1;
	}
	return 0;
}
