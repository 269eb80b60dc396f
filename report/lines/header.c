// SPDX-License-Identifier: GPL-2.0-or-later
// From a packet's offsets to its headers: include/linux/skbuff.h, struct sk_buff of 5.4.
#include "lines/header.h"

#include <string.h>

enum {
	UNSET = 0xffff, /* of an offset of a header: include/linux/skbuff.h skb_transport_header_was_set() */
	ETHERNET_BYTES = 14,
	ETH_P_IPV6 = 0x86dd /* of a packet's protocol: include/uapi/linux/if_ether.h */
};

/* Who writes a header behind the network's: the beginning of the file's path, longest first. */
static const struct {
	const char *files, *header;
} writers[] = {
	{ "net/ipv4/tcp", "tcphdr" },	   { "include/net/tcp", "tcphdr" },
	{ "include/linux/tcp", "tcphdr" }, { "net/ipv4/syncookies", "tcphdr" },
	{ "net/ipv6/tcp", "tcphdr" },	   { "include/net/ip6_checksum", "tcphdr" },
	{ "net/ipv4/udp", "udphdr" },	   { "net/ipv4/icmp", "icmphdr" },
};

static uint64_t number(const struct kind *kind, const char *path,
		       const struct written_object *object)
{
	const struct field *field = fields_find(&kind->fields, path);

	return field ? field_number(field, object->copy, object->bytes) : 0;
}

/* Which of the two IP headers it is: the packet is told its protocol only when the first one of IPv6 is complete. */
static const char *ip_header(const struct kind *kind, const struct written_object *packet,
			     const char *path)
{
	return number(kind, "protocol", packet) == ETH_P_IPV6 || strstr(path, "ipv6") ? "ipv6hdr"
										      : "iphdr";
}

/* The headers that a packet says it has, at the byte `at` of its data. */
static struct header by_packet(const struct layout *layout, const struct kind *kind,
			       const struct written_object *packet, uint32_t at, const char *path)
{
	uint32_t network = (uint32_t)number(kind, "network_header", packet),
		 transport = (uint32_t)number(kind, "transport_header", packet);
	struct header header = { 0 };

	if (network >= ETHERNET_BYTES && at < network && at >= network - ETHERNET_BYTES) {
		header = (struct header){ layout_header(layout, "ethhdr"),
					  network - ETHERNET_BYTES };
	} else if (starts_with(path, "net/ipv4/arp") && at >= network) {
		header = (struct header){ layout_header(layout, "arphdr"), network };
	} else if (transport && transport != UNSET && at >= transport) {
		for (size_t i = 0; i < ARRAY_SIZE(writers) && !header.fields; i++)
			if (starts_with(path, writers[i].files))
				header = (struct header){ layout_header(layout, writers[i].header),
							  transport };
	} else if (network && at >= network && at < transport && transport != UNSET) {
		/* where no transport's is to come, as in a message of netlink, it is none of IP */
		header = (struct header){ layout_header(layout, ip_header(kind, packet, path)),
					  network };
	}
	return header;
}

/* Of the packets that have these data, one that says what the byte is. */
static struct header in_data(const struct layout *layout, const struct written_file *file,
			     const struct written *written, const char *path)
{
	size_t count;
	const struct written_object *const *objects = written_objects(file, &count);
	struct header header = { 0 };

	/* the youngest first: a clone is what goes down */
	for (size_t i = count; i-- > 0 && !header.fields;) {
		const struct written_object *packet = objects[i];
		const struct kind *kind = packet && packet->kind < layout->kinds.n
						  ? &layout->kinds.v[packet->kind]
						  : NULL;
		uint64_t head;

		if (!kind || !kind->has_data || kind->head_at + sizeof(head) > packet->bytes)
			continue;
		memcpy(&head, packet->copy + kind->head_at, sizeof(head));
		if (head == written->object->address)
			header = by_packet(layout, kind, packet, written->offset, path);
	}
	return header;
}

/* Whether a path begins with one of the words. */
static bool one_begins(const char *path, const char *words)
{
	for (size_t len; *words; words += len + strspn(words + len, " ")) {
		len = strcspn(words, " ");
		if (len && !strncmp(path, words, len))
			return true;
	}
	return false;
}

struct header header_of(const struct layout *layout, const struct written_file *file,
			const struct written *written, const char *path)
{
	const struct kind *kind = &layout->kinds.v[written->object->kind];
	const struct field *control = kind->has_data ? fields_find(&kind->fields, "cb") : NULL;

	if (!kind->fields.list.n)
		return in_data(layout, file, written, path);
	if (control && written->offset >= control->bit / 8 &&
	    written->offset < (control->bit + control->bits) / 8)
		for (size_t i = 0; i < layout->controls.n; i++)
			if (one_begins(path, layout->controls.v[i].files))
				return (struct header){ &layout->controls.v[i], control->bit / 8 };
	return (struct header){ 0 };
}
