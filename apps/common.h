/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What client and server share: options from a table, checked calls, addresses as text. */
#ifndef KTLAB_APPS_COMMON_H
#define KTLAB_APPS_COMMON_H

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One option: --name VALUE. Either text or number is set: it holds the default, then the value. */
struct option_row {
	const char *name;
	const char *value_name;
	const char *help;
	const char **text;
	int *number, min, max;
};

/* What a program is called, what it does, and its options. */
struct program {
	const char *name;
	const char *purpose;
	const struct option_row *options;
	size_t options_count;
};

static inline void options_help(const struct program *program)
{
	printf("usage: %s [options]\n%s\n\noptions:\n", program->name, program->purpose);
	for (size_t i = 0; i < program->options_count; i++) {
		const struct option_row *row = &program->options[i];
		char left[64];

		snprintf(left, sizeof(left), "--%s %s", row->name, row->value_name);
		if (row->text)
			printf("  %-18s %s (%s)\n", left, row->help, *row->text);
		else
			printf("  %-18s %s (%d)\n", left, row->help, *row->number);
	}
	printf("  %-18s %s\n", "--help", "this text; the defaults are in parentheses");
}

/* Ends the program with status 2 and a sentence. */
__attribute__((noreturn, format(printf, 2, 3))) static inline void
usage_error(const struct program *program, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\ntry '%s --help'\n", program->name);
	exit(2);
}

static inline void option_set(const struct program *program, const struct option_row *row,
			      const char *value)
{
	char *end;
	long number;

	if (row->text) {
		*row->text = value;
		return;
	}
	errno = 0;
	number = strtol(value, &end, 10);
	if (end == value || *end || errno || number < row->min || number > row->max)
		usage_error(program, "--%s '%s': not a number from %d to %d", row->name, value,
			    row->min, row->max);
	*row->number = (int)number;
}

/* Reads the command line into the rows' values; ends the program for --help and for mistakes. */
static inline void options_parse(const struct program *program, int argc, char **argv)
{
	const struct option_row *end = program->options + program->options_count;

	for (int i = 1; i < argc; i++) {
		const struct option_row *row = program->options;

		if (!strcmp(argv[i], "--help")) {
			options_help(program);
			exit(0);
		}
		while (row < end && (strncmp(argv[i], "--", 2) || strcmp(argv[i] + 2, row->name)))
			row++;
		if (row == end)
			usage_error(program, "unknown option '%s'", argv[i]);
		if (++i == argc)
			usage_error(program, "--%s: needs a value", row->name);
		option_set(program, row, argv[i]);
	}
}

/* An address with its port, of either family. */
union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static inline socklen_t address_bytes(const union address *address)
{
	return address->any.sa_family == AF_INET6 ? sizeof(address->v6) : sizeof(address->v4);
}

/* Whether the text is an address of IPv6, "fd00::2" or "fe80::2%eth0": behind "%" stands the card whose link is meant. */
static inline bool address_parse_v6(const char *text, struct sockaddr_in6 *address)
{
	char ip[INET6_ADDRSTRLEN];
	const char *card = strchr(text, '%');
	int length = (int)(card ? (size_t)(card - text) : strlen(text));

	if (card && !(address->sin6_scope_id = if_nametoindex(card + 1)))
		return false;
	return snprintf(ip, sizeof(ip), "%.*s", length, text) < (int)sizeof(ip) &&
	       inet_pton(AF_INET6, ip, &address->sin6_addr) == 1;
}

/* The address that the options name; ends the program if it is none, or one of a link without its card. */
static inline union address address_parse(const struct program *program, const char *text, int port)
{
	union address address = { .v4 = { .sin_family = AF_INET, .sin_port = htons(port) } };
	const char *card = strchr(text, '%');

	if (card && !if_nametoindex(card + 1))
		usage_error(program, "--address '%s': there is no card '%s'", text, card + 1);
	if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1)
		return address;
	address.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(port) };
	if (!address_parse_v6(text, &address.v6))
		usage_error(program, "--address '%s': not an address such as 10.0.0.2 or fd00::2",
			    text);
	if (IN6_IS_ADDR_LINKLOCAL(&address.v6.sin6_addr) && !address.v6.sin6_scope_id)
		usage_error(program,
			    "--address '%s': an address of a link, needs its card: %s%%eth0", text,
			    text);
	return address;
}

/* An address as text, "10.0.0.2:8080" or "[fd00::2]:8080". */
struct address_text {
	char text[INET6_ADDRSTRLEN + sizeof("[]:65535")];
};

static inline struct address_text address_text(const union address *address)
{
	struct address_text result;
	bool six = address->any.sa_family == AF_INET6;
	char ip[INET6_ADDRSTRLEN];

	inet_ntop(address->any.sa_family,
		  six ? (const void *)&address->v6.sin6_addr : &address->v4.sin_addr, ip,
		  sizeof(ip));
	snprintf(result.text, sizeof(result.text), six ? "[%s]:%d" : "%s:%d", ip,
		 ntohs(six ? address->v6.sin6_port : address->v4.sin_port));
	return result;
}

/* The arguments of socket() for this address, as a sentence has them. */
static inline const char *address_socket(const union address *address)
{
	return address->any.sa_family == AF_INET6 ? "AF_INET6 SOCK_STREAM" : "AF_INET SOCK_STREAM";
}

/* Returns a system call's result, or ends the program with status 1: "client: connect 10.0.0.2:8080: ECONNREFUSED". */
static inline ssize_t check(ssize_t result, const struct program *program, const char *call,
			    const char *subject)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "%s: %s %s: %s\n", program->name, call, subject, strerrorname_np(errno));
	exit(1);
}

/* This end's address of a socket, as getsockname() tells it. */
static inline struct address_text address_local(const struct program *program, int fd)
{
	union address address;
	socklen_t size = sizeof(address);

	check(getsockname(fd, &address.any, &size), program, "getsockname", "");
	return address_text(&address);
}

/* The other end's address of a socket, as getpeername() tells it. */
static inline struct address_text address_peer(const struct program *program, int fd)
{
	union address address;
	socklen_t size = sizeof(address);

	check(getpeername(fd, &address.any, &size), program, "getpeername", "");
	return address_text(&address);
}

/* Sends the whole message and says so; send() may take less than it was given. */
static inline void message_send(const struct program *program, int fd, const char *message)
{
	size_t length = strlen(message), sent = 0;

	while (sent < length)
		sent += check(send(fd, message + sent, length - sent, MSG_NOSIGNAL), program,
			      "send", "");
	printf("%s: sent %zu bytes: %s\n", program->name, sent, message);
}

/* Receives what has come, at least one byte, and says so. Returns the bytes, 0 when the other end has closed. */
static inline size_t message_receive(const struct program *program, int fd)
{
	char buffer[1024];
	size_t length = check(recv(fd, buffer, sizeof(buffer), 0), program, "recv", "");

	if (length)
		printf("%s: received %zu bytes: %.*s\n", program->name, length, (int)length,
		       buffer);
	else
		printf("%s: the other end has closed\n", program->name);
	return length;
}
#endif
