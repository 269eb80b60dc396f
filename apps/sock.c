// SPDX-License-Identifier: GPL-2.0-or-later
/* One socket, driven word by word: sock bind 10.0.0.2:8080 listen 2 accept recv 5 close. */
#define _GNU_SOURCE
#include "common.h"

#include <linux/errqueue.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <time.h>

static const struct program program = { "sock", "", NULL, 0 };

/* The listener, until accept() gives a connection: every word works on this socket. */
static int fd = -1;
static int family = AF_INET;

/* What `to` says; of no family before. */
static union address to;

static union address endpoint_parse(const char *text)
{
	char ip[INET6_ADDRSTRLEN + IF_NAMESIZE];
	int port, end = 0;

	if (sscanf(text, *text == '[' ? "[%61[^]]]:%d%n" : "%15[0-9.]:%d%n", ip, &port, &end) !=
		    2 ||
	    text[end] || port < 0 || port > 65535)
		usage_error(&program,
			    "'%s': not an address such as 10.0.0.2:8080 or [fd00::2]:8080", text);
	return address_parse(&program, ip, port);
}

static int number_parse(const char *text)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (end == text || *end || number < 0 || number > INT_MAX)
		usage_error(&program, "'%s': not a number", text);
	return (int)number;
}

static ssize_t do_bind(const char *word)
{
	union address address = endpoint_parse(word);

	return bind(fd, &address.any, address_bytes(&address));
}

static ssize_t do_connect(const char *word)
{
	union address address = endpoint_parse(word);

	return connect(fd, &address.any, address_bytes(&address));
}

static ssize_t do_listen(const char *word)
{
	return listen(fd, number_parse(word));
}

static ssize_t do_accept(const char *word)
{
	int connection = accept(fd, NULL, NULL);

	(void)word;
	if (connection >= 0)
		fd = connection;
	return connection;
}

/* Where datagrams go from now on, without connect(). */
static ssize_t do_to(const char *word)
{
	to = endpoint_parse(word);
	return 0;
}

/* All the bytes; send() may take less than it was given. */
static ssize_t do_send(const char *word)
{
	ssize_t length = number_parse(word), sent = 0, part;
	char *data = malloc((size_t)length + 1);

	if (!data)
		return -1;
	for (ssize_t i = 0; i < length; i++)
		data[i] = (char)('a' + i % 26);
	for (; sent < length; sent += part) {
		part = sendto(fd, data + sent, (size_t)(length - sent), MSG_NOSIGNAL,
			      to.any.sa_family ? &to.any : NULL,
			      to.any.sa_family ? address_bytes(&to) : 0);
		if (part < 0)
			break;
	}
	free(data);
	return sent < length ? -1 : sent;
}

/* That many bytes, or fewer when the other end closes first. */
static ssize_t do_recv(const char *word)
{
	ssize_t length = number_parse(word), received = 0, part = 1;
	char buffer[16384];

	while (received < length && part) {
		size_t room = (size_t)(length - received);

		part = recv(fd, buffer, room < sizeof(buffer) ? room : sizeof(buffer), 0);
		if (part < 0)
			return -1;
		received += part;
	}
	return received;
}

/* Looks at the next datagram and leaves it in the queue. */
static ssize_t do_peek(const char *word)
{
	char buffer[65536];
	size_t length = (size_t)number_parse(word);

	return recv(fd, buffer, length < sizeof(buffer) ? length : sizeof(buffer), MSG_PEEK);
}

/* That many datagrams at most, by one call: those that are there. */
static ssize_t do_recvmmsg(const char *word)
{
	static char buffers[8][2048];
	struct iovec parts[8];
	struct mmsghdr messages[8] = { 0 };
	int count = number_parse(word);

	for (size_t i = 0; i < 8; i++) {
		parts[i] = (struct iovec){ buffers[i], sizeof(buffers[i]) };
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	return recvmmsg(fd, messages, count < 8 ? (unsigned int)count : 8, MSG_WAITFORONE, NULL);
}

/* What IP_RECVERR or IPV6_RECVERR has kept for this socket: the result is the error's own, as a system call would give it. */
static ssize_t do_error(const char *word)
{
	union {
		struct cmsghdr align;
		char bytes[256];
	} control;
	char data[64];
	struct iovec part = { data, sizeof(data) };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct sock_extended_err error = { 0 };

	(void)word;
	if (recvmsg(fd, &message, MSG_ERRQUEUE) < 0)
		return -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
		if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
		    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
			memcpy(&error, CMSG_DATA(c), sizeof(error));
	printf("error queue: origin %u type %u code %u\n", error.ee_origin, error.ee_type,
	       error.ee_code);
	errno = (int)error.ee_errno;
	return error.ee_errno ? -1 : 0;
}

/* A datagram with that checksum, made by hand, on a raw socket of its own, from port 7. */
static ssize_t raw_send(const char *word, uint16_t check)
{
	size_t length = sizeof(struct udphdr) + (size_t)number_parse(word);
	struct udphdr *header = calloc(1, length);
	ssize_t sent = -1;
	int raw = socket(family, SOCK_RAW, IPPROTO_UDP);
	union address address = to;

	if (header && raw >= 0) {
		header->source = htons(7);
		header->dest = to.v4.sin_port;
		header->len = htons((uint16_t)length);
		header->check = htons(check);
		/* a raw socket of IPv6 takes no port (net/ipv6/raw.c: rawv6_sendmsg()) */
		address.v4.sin_port = 0;
		sent = sendto(raw, header, length, 0, &address.any, address_bytes(&to));
	}
	free(header);
	if (raw >= 0)
		close(raw);
	return sent < 0 ? -1 : sent - (ssize_t)sizeof(struct udphdr);
}

static ssize_t do_badsum(const char *word)
{
	return raw_send(word, 1);
}

/* None at all: over IPv4 the sender may leave it out. */
static ssize_t do_nosum(const char *word)
{
	return raw_send(word, 0);
}

static ssize_t do_shutdown(const char *word)
{
	(void)word;
	return shutdown(fd, SHUT_WR);
}

static ssize_t do_close(const char *word)
{
	(void)word;
	return close(fd);
}

/* The TTL, or hop limit, of what is sent from now on, so that a filter can tell one segment from its repetition. */
static ssize_t do_ttl(const char *word)
{
	int ttl = number_parse(word);

	if (family == AF_INET6)
		return setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &ttl, sizeof(ttl));
	return setsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
}

/* Each send() its own segment: no waiting for more (Nagle). */
static ssize_t do_nodelay(const char *word)
{
	int on = 1;

	(void)word;
	return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static ssize_t do_reuse(const char *word)
{
	int on = 1;

	(void)word;
	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

static ssize_t do_reuseport(const char *word)
{
	int on = 1;

	(void)word;
	return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
}

static ssize_t do_broadcast(const char *word)
{
	int on = 1;

	(void)word;
	return setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
}

/* The kernel doubles it, and has a least one. */
static ssize_t do_rcvbuf(const char *word)
{
	int bytes = number_parse(word);

	return setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

/* 1: what is sent waits; 0: it goes, as one datagram. */
static ssize_t do_cork(const char *word)
{
	int on = number_parse(word);

	return setsockopt(fd, IPPROTO_UDP, UDP_CORK, &on, sizeof(on));
}

/* Errors that ICMP brings are kept for `error`. */
static ssize_t do_recverr(const char *word)
{
	int on = 1;

	(void)word;
	if (family == AF_INET6)
		return setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
	return setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
}

static ssize_t do_sleep(const char *word)
{
	int ms = number_parse(word);
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	return nanosleep(&time, NULL);
}

/* A line on the standard input says that the story goes on. */
static ssize_t do_wait(const char *word)
{
	(void)word;
	for (int c; (c = getchar()) != '\n';)
		if (c == EOF)
			break;
	return 0;
}

static const struct word_row {
	const char *name, *value_name, *help;
	ssize_t (*call)(const char *value);
} words[] = {
	{ "bind", "IP:PORT", "take this address", do_bind },
	{ "listen", "N", "become a listener with this backlog", do_listen },
	{ "accept", NULL, "wait for a connection and go on with it", do_accept },
	{ "connect", "IP:PORT", "connect", do_connect },
	{ "to", "IP:PORT", "send datagrams there from now on", do_to },
	{ "send", "N", "send N bytes", do_send },
	{ "recv", "N", "receive N bytes, or to the end", do_recv },
	{ "peek", "N", "look at N bytes of the next datagram, and leave it", do_peek },
	{ "recvmmsg", "N", "receive N datagrams at most by one call", do_recvmmsg },
	{ "badsum", "N", "send N bytes with a wrong UDP checksum, from a raw socket", do_badsum },
	{ "nosum", "N", "the same without one", do_nosum },
	{ "error", NULL, "take an error that recverr has had kept", do_error },
	{ "shutdown", NULL, "end one's own direction", do_shutdown },
	{ "close", NULL, "close", do_close },
	{ "nodelay", NULL, "set TCP_NODELAY", do_nodelay },
	{ "ttl", "N", "set the TTL or hop limit of what is sent from now on", do_ttl },
	{ "reuse", NULL, "set SO_REUSEADDR", do_reuse },
	{ "reuseport", NULL, "set SO_REUSEPORT", do_reuseport },
	{ "broadcast", NULL, "set SO_BROADCAST", do_broadcast },
	{ "rcvbuf", "N", "set SO_RCVBUF", do_rcvbuf },
	{ "cork", "N", "set UDP_CORK to 1 or 0", do_cork },
	{ "recverr", NULL, "set IP_RECVERR or IPV6_RECVERR", do_recverr },
	{ "sleep", "MS", "wait so many milliseconds", do_sleep },
	{ "wait", NULL, "wait for a line on the standard input", do_wait },
};

static void help_print(void)
{
	puts("usage: sock [tcp6|udp|udp6] WORD...\nMakes a TCP socket (of IPv6, or a UDP one) and "
	     "does with it what the words say, until one fails.\n\nwords:");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		printf("  %-9s %-8s %s\n", words[i].name,
		       words[i].value_name ? words[i].value_name : "", words[i].help);
}

static const struct word_row *word_find(const char *name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(name, words[i].name))
			return &words[i];
	usage_error(&program, "unknown word '%s'", name);
}

/* "connect 10.0.0.2:8080 = -1 ECONNREFUSED" */
static int word_run(const struct word_row *row, const char *value)
{
	ssize_t result = row->call(value);
	int error = errno;

	printf("%s%s%s = %zd%s%s\n", row->name, *value ? " " : "", value, result,
	       result < 0 ? " " : "", result < 0 ? strerrorname_np(error) : "");
	return result < 0;
}

/* What the first word may be, and the socket that it asks for; without one it is the last. */
static const struct {
	const char *word;
	int family, type;
} kinds[] = {
	{ "tcp6", AF_INET6, SOCK_STREAM },
	{ "udp", AF_INET, SOCK_DGRAM },
	{ "udp6", AF_INET6, SOCK_DGRAM },
	{ NULL, AF_INET, SOCK_STREAM },
};

int main(int argc, char **argv)
{
	size_t kind = 0;
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		help_print();
		return 0;
	}
	while (kinds[kind].word && (argc < 2 || strcmp(argv[1], kinds[kind].word) != 0))
		kind++;
	family = kinds[kind].family;
	fd = (int)check(socket(family, kinds[kind].type, 0), &program, "socket",
			family == AF_INET6 ? "AF_INET6" : "AF_INET");
	for (int i = 1 + (kinds[kind].word != NULL); i < argc && !failed; i++) {
		const struct word_row *row = word_find(argv[i]);

		if (row->value_name && ++i == argc)
			usage_error(&program, "'%s' needs %s", row->name, row->value_name);
		failed = word_run(row, row->value_name ? argv[i] : "");
	}
	return failed;
}
