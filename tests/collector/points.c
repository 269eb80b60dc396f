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

typedef unsigned short __be16;
typedef unsigned int __be32;
struct thing {
	int id;
};

struct thing *volatile kept;

struct pair {
	long one, two;
};

/* more arguments than registers, a struct by its value among them */
__attribute__((noinline)) int many(struct thing *sk, __be32 saddr, __be16 sport, signed char low,
				   struct pair pair, _Bool yes, short seventh, struct thing *eighth,
				   __be16 dport)
{
	sink = sk->id + (int)saddr + sport + low + (int)pair.two + yes;
	return seventh + eighth->id + dport;
}

/* two arguments of one type, which only their names tell apart */
__attribute__((always_inline)) static inline void crossed(struct thing *from, struct thing *to,
							  long count)
{
	sink = from->id;
	sink += to->id * 3;
	sink += (int)count;
}

__attribute__((noinline)) void crossing(struct thing *first, struct thing *second)
{
	crossed(second, first, 7);
	sink = first->id;
}

/* the compiler makes a version of its own without the first argument */
__attribute__((noinline)) static int cloned(int always, struct thing *sk, long size)
{
	kept = sk;
	sink = always;
	return sink + (int)size;
}

/* inlined, and all of it is a function that is inlined in its turn */
__attribute__((always_inline)) static inline int inner(struct thing *sk)
{
	return sk->id * 5;
}

__attribute__((always_inline)) static inline int outer(struct thing *other)
{
	return inner(other);
}

__attribute__((noinline)) int around(struct thing *sk)
{
	sink = 1;
	return outer(sk) + 2;
}

/* the same, with a call at its end that every way comes by; and one that not every way does */
__attribute__((noinline)) int sends(struct thing *skb, int how)
{
	sink = skb->id + how;
	return sink;
}

__attribute__((always_inline)) static inline int finish(int how, struct thing *skb)
{
	return sends(skb, how);
}

__attribute__((always_inline)) static inline int hand_on(struct thing *skb)
{
	return finish(3, skb);
}

__attribute__((noinline)) int hands_on(struct thing *first, struct thing *skb)
{
	sink = first->id;
	return hand_on(skb) + 1;
}

__attribute__((always_inline)) static inline int perhaps(int how, struct thing *skb)
{
	return sink ? sends(skb, how) : 0;
}

__attribute__((always_inline)) static inline int maybe(struct thing *skb)
{
	return perhaps(4, skb);
}

__attribute__((noinline)) int decides(struct thing *first, struct thing *skb)
{
	sink = first->id;
	return maybe(skb) + 1;
}

/* inlined on one of two ways; what both have in common is done before they part, as a piece of the inlined one */
__attribute__((always_inline)) static inline void pieces(struct thing *sk, int count)
{
	sink = sk->id * 3 + count;
	sink = sk->id * 5;
}

__attribute__((noinline)) void parts(struct thing *sk, int count)
{
	if (count > 3) {
		pieces(sk, count);
	} else {
		sink = sk->id * 3;
		sink = sk->id * 5;
	}
}

__attribute__((noinline)) int start_kernel(void)
{
	struct sock sock = { sink };
	struct thing thing = { sink }, other = { 2 };
	struct pair pair = { 1, 2 };

	caller(&sock, &sock);
	crossing(&thing, &other);
	sink = cloned(4, &thing, 5) + cloned(4, &other, 6) + around(&thing);
	sink = hands_on(&other, &thing) + decides(&other, &thing);
	sink = many(&thing, 0x0100000a, 0x901f, -2, pair, 1, -7, &other, 0x5000);
	parts(&other, 1);
	parts(&thing, 9);
	return plain(&sock, sink);
}

int main(void)
{
	return start_kernel() + (address == 0);
}
