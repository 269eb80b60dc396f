// SPDX-License-Identifier: GPL-2.0-or-later
// UDP: sendto() names the other end each time; connect() would only write it down.
#include "../example.h"

int main(void)
{
	struct sockaddr_in to = address("10.0.0.2");
	int sock = must("socket", socket(AF_INET, SOCK_DGRAM, 0));
	char question[16], answer[64];

	for (int i = 0; i < CLIENTS; i++) {
		int length = snprintf(question, sizeof(question), "hello %d", i), n;

		must("sendto",
		     sendto(sock, question, length, 0, (struct sockaddr *)&to, sizeof(to)));
		n = must("recvfrom", recvfrom(sock, answer, sizeof(answer), 0, NULL, NULL));
		printf("asked %s, got %.*s\n", question, n, answer);
	}
	close(sock);
	return 0;
}
