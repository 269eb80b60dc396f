// SPDX-License-Identifier: GPL-2.0-or-later
/* The course's server: socket, bind, listen, accept; answers what it receives; ends after --count connections. */
#define _GNU_SOURCE
#include "common.h"

static void serve(const struct program *program, int listener, const char *message)
{
	int fd = check(accept(listener, NULL, NULL), program, "accept", "");

	printf("server: accepted %s on %s\n", address_peer(program, fd).text,
	       address_local(program, fd).text);
	if (message_receive(program, fd)) {
		message_send(program, fd, message);
		/* the client closes first: recv() then returns 0 */
		while (message_receive(program, fd))
			;
	}
	check(close(fd), program, "close", "");
}

int main(int argc, char **argv)
{
	const char *address_option = "0.0.0.0", *message = "Hello from server";
	int port = 8080, backlog = 5, count = 1, reuse = 1;
	const struct option_row options[] = {
		{ "address", "IP", "address to listen on", .text = &address_option },
		{ "port", "PORT", "port to listen on", .number = &port, .min = 0, .max = 65535 },
		{ "backlog", "N", "second argument of listen()", .number = &backlog,
		  .max = INT_MAX },
		{ "message", "TEXT", "answer to each client", .text = &message },
		{ "count", "N", "connections to accept before the end", .number = &count,
		  .max = INT_MAX },
	};
	const struct program program = { "server", "Accepts TCP connections and answers each.",
					 options, sizeof(options) / sizeof(options[0]) };
	union address address;
	int listener;

	setvbuf(stdout, NULL, _IOLBF, 0);
	options_parse(&program, argc, argv);
	address = address_parse(&program, address_option, port);

	listener = check(socket(address.any.sa_family, SOCK_STREAM, 0), &program, "socket",
			 address_socket(&address));
	check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse)), &program,
	      "setsockopt", "SO_REUSEADDR");
	check(bind(listener, &address.any, address_bytes(&address)), &program, "bind",
	      address_text(&address).text);
	check(listen(listener, backlog), &program, "listen", address_text(&address).text);
	printf("server: listening on %s, backlog %d\n", address_local(&program, listener).text,
	       backlog);

	for (int i = 0; i < count; i++)
		serve(&program, listener, message);
	check(close(listener), &program, "close", "");
	return 0;
}
