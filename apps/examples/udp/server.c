// SPDX-License-Identifier: GPL-2.0-or-later
// UDP: no listener and no connection; each datagram says who sent it.
#include "../example.h"

int main(void)
{
	struct sockaddr_in any = address("0.0.0.0"), from;
	int sock = must("socket", socket(AF_INET, SOCK_DGRAM, 0));
	char bytes[64], ip[INET_ADDRSTRLEN];

	must("bind", bind(sock, (struct sockaddr *)&any, sizeof(any)));
	for (int i = 0; i < CLIENTS; i++) {
		socklen_t size = sizeof(from);
		int n = must("recvfrom", recvfrom(sock, bytes, sizeof(bytes), 0,
						  (struct sockaddr *)&from, &size));

		must("sendto", sendto(sock, bytes, n, 0, (struct sockaddr *)&from, size));
		printf("echoed %d bytes to %s\n", n,
		       inet_ntop(AF_INET, &from.sin_addr, ip, sizeof(ip)));
	}
	close(sock);
	return 0;
}
