// SPDX-License-Identifier: GPL-2.0-or-later
/* The course's client: socket, connect; sends a message, prints the answer, closes; --count times. */
#define _GNU_SOURCE
#include "common.h"

static void talk(const struct program *program, const union address *address, const char *message)
{
	int fd = check(socket(address->any.sa_family, SOCK_STREAM, 0), program, "socket",
		       address_socket(address));

	check(connect(fd, &address->any, address_bytes(address)), program, "connect",
	      address_text(address).text);
	printf("client: connected %s to %s\n", address_local(program, fd).text,
	       address_peer(program, fd).text);
	message_send(program, fd, message);
	message_receive(program, fd);
	check(close(fd), program, "close", "");
}

int main(int argc, char **argv)
{
	const char *address_option = "10.0.0.2", *message = "Hello from client";
	int port = 8080, count = 1;
	const struct option_row options[] = {
		{ "address", "IP", "address to connect to", .text = &address_option },
		{ "port", "PORT", "port to connect to", .number = &port, .min = 1, .max = 65535 },
		{ "message", "TEXT", "what to send", .text = &message },
		{ "count", "N", "connections, one after the other", .number = &count,
		  .max = INT_MAX },
	};
	const struct program program = { "client", "Connects to a TCP server and sends a message.",
					 options, sizeof(options) / sizeof(options[0]) };
	union address address;

	setvbuf(stdout, NULL, _IOLBF, 0);
	options_parse(&program, argc, argv);
	address = address_parse(&program, address_option, port);
	for (int i = 0; i < count; i++)
		talk(&program, &address, message);
	return 0;
}
