// SPDX-License-Identifier: GPL-2.0-or-later
// Programs that do what no client and no server should: bad WHAT. tests/e2e/bad.sh traces each.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	PORT = 8080,
	FLOOD_LINES = 100000,
	LINE_BYTES = 1000
};

// what a terminal, a page or a shell could take for its own, and what is no UTF-8
static const char *const names[] = {
	"\033[31mred\033[2J",
	"<script>x=1;//",
	"\"'`$(id)&&\\",
	"\u7f51\u7edc\u7f51\u7edc\u7f51",
	"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6\xf5\xf4\xf3\xf2\xf1",
	"a\nb\rc\td",
};

// the status that a shell would give: 0 connected, 1 not
static int connects(const char *address)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), failed;

	inet_pton(AF_INET, address, &to.sin_addr);
	failed = connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0;
	if (failed)
		perror("connect");
	close(fd);
	return failed;
}

static int waiting_socket(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (const struct sockaddr *)&here, sizeof(here)) || listen(fd, 16))
		exit(1);
	return fd;
}

static int serve(int fd)
{
	for (;;)
		close(accept(fd, NULL, NULL));
	return 0;
}

static int serves(void)
{
	return serve(waiting_socket());
}

static int forks(void)
{
	for (;;)
		fork();
	return 0;
}

static int floods(void)
{
	static char line[LINE_BYTES];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\n';
	for (int i = 0; i < FLOOD_LINES; i++)
		fwrite(line, 1, sizeof(line), stdout);
	return 0;
}

static int idles(void)
{
	return 0;
}

static int crashes(void)
{
	abort();
}

static int is_named(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		prctl(PR_SET_NAME, names[i]);
		puts(names[i]);
		if (connects("10.0.0.2"))
			return 1;
	}
	return 0;
}

static int unknown_neighbour(void)
{
	return connects("10.0.0.77");
}

static int no_route(void)
{
	return connects("192.168.7.7");
}

// a server that leaves its work to a child, and ends
static int leaves(void)
{
	int fd = waiting_socket();

	if (fork())
		return 0;
	setsid();
	prctl(PR_SET_NAME, "left");
	return serve(fd);
}

static const struct {
	const char *name;
	int (*run)(void);
} all[] = {
	{ "serves", serves },	  { "forks", forks },
	{ "floods", floods },	  { "idles", idles },
	{ "crashes", crashes },	  { "is-named", is_named },
	{ "leaves", leaves },	  { "unknown-neighbour", unknown_neighbour },
	{ "no-route", no_route },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(all) / sizeof(*all); i++) {
		if (!strcmp(argv[1], all[i].name))
			return all[i].run();
	}
	fprintf(stderr, "usage: bad WHAT\n");
	return 2;
}
