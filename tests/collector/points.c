// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions as compilers leave them, for the test of how points are resolved: never run. */
struct sock {
	int id;
};

volatile int sink;

/* out of line, two return instructions or more */
__attribute__((noinline)) int plain(struct sock *sk, int size)
{
	if (size > 3) {
		sink = sk->id;
		return -1;
	}
	sink = size;
	return 0;
}

/* out of line because its address is taken, and inlined at two places all the same */
__attribute__((always_inline)) static inline void both(struct sock *sk)
{
	sink = sk->id;
	sink++;
}

void (*const address)(struct sock *) = both;

/* inlined everywhere */
__attribute__((always_inline)) static inline void never(struct sock *sk)
{
	sink = sk->id + 7;
	sink--;
}

__attribute__((noinline)) void caller(struct sock *first, struct sock *second)
{
	both(first);
	never(second);
	both(second);
}

__attribute__((noinline)) int start_kernel(void)
{
	struct sock sock = { sink };

	caller(&sock, &sock);
	return plain(&sock, sink);
}

int main(void)
{
	return start_kernel() + (address == 0);
}
