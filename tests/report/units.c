// SPDX-License-Identifier: GPL-2.0-or-later
// Unit tests of the report's parts: JSON, text, expressions, sequence numbers. Prints TAP.
#include "judge/expr.h"
#include "base/text.h"
#include "run/wire.h"

#include <stdlib.h>
#include <string.h>

static int count, failed;

static void it(const char *name, bool good)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++count, name);
	failed += !good;
}

static bool refuses(const char *text, const char *reason)
{
	struct json v;
	const char *why = json_parse(text, strlen(text), &v);

	if (!why || !strstr(why, reason))
		printf("# '%s': %s\n", text, why ? why : "taken");
	return why && strstr(why, reason);
}

/* The letters of the nine flags are those that decoders write: TCP_FLAGS in facts.env, from the lowest bit on. */
static bool flags_are_facts(void)
{
	FILE *file = fopen("gdb-scripts/facts.env", "r");
	char line[512], wanted[64] = "", text[TCP_FLAG_LETTERS], found[64] = "";

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "TCP_FLAGS='%63[^']'", wanted);
	if (file)
		fclose(file);
	for (int bit = 0; bit < 9; bit++) {
		strcat(found, bit ? " " : "");
		strcat(found, tcp_flag_letters((uint16_t)(1u << bit), text));
	}
	if (strcmp(found, wanted) != 0)
		printf("# '%s' against '%s'\n", found, wanted);
	return strcmp(found, wanted) == 0;
}

static bool decodes(const char *text, const char *wanted)
{
	struct str out = { 0 };
	struct json v;
	bool good = !json_parse(text, strlen(text), &v);

	if (good)
		json_text(v, &out);
	good = good && strcmp(str_text(&out), wanted) == 0;
	if (!good)
		printf("# '%s' became '%s'\n", text, str_text(&out));
	str_free(&out);
	return good;
}

static bool finds(const char *text, const char *path, const char *wanted)
{
	struct json v;
	char *found;
	bool good;

	if (json_parse(text, strlen(text), &v))
		return false;
	found = json_dup(json_path(v, path));
	good = wanted ? found && strcmp(found, wanted) == 0 : !found;
	free(found);
	return good;
}

static bool number_is(const char *text, bool fits, int64_t wanted)
{
	struct json v;
	int64_t number = 0;

	return !json_parse(text, strlen(text), &v) && json_int(v, &number) == fits &&
	       (!fits || number == wanted);
}

/* A name with escapes is the text that they stand for. */
static bool is_decoded(const char *text, const char *wanted)
{
	struct json v;

	return !json_parse(text, strlen(text), &v) && json_is(v, wanted) && !json_is(v, "else");
}

static void test_json(void)
{
	it("compares what escapes stand for", is_decoded("\"\\u001b[1m\\\"\"", "\x1b[1m\""));
	char deep[300];

	memset(deep, '[', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	it("reads escapes", decodes("\"a\\n\\\"\\u0041\\/\"", "a\n\"A/"));
	it("joins surrogates", decodes("\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"));
	it("replaces half a surrogate", decodes("\"\\ud83d!\"", "\xef\xbf\xbd!"));
	it("replaces what is no UTF-8",
	   decodes("\"a\xff\xc0\xaf\"", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
	it("refuses a raw control character", refuses("\"a\x01\"", "control character"));
	it("refuses an unknown escape", refuses("\"\\x\"", "unknown escape"));
	it("refuses a string without an end", refuses("\"abc", "without an end"));
	it("refuses a number with nothing behind its point", refuses("1.", "point"));
	it("refuses a word that is none", refuses("nul", "value"));
	it("refuses two values", refuses("1 2", "more than one"));
	it("refuses a missing comma", refuses("[1 2]", "','"));
	it("refuses a missing colon", refuses("{\"a\" 1}", "':'"));
	it("refuses what is nested too deep", refuses(deep, "too deep"));
	it("finds a member", finds("{\"a\":{\"b\":7}}", "a.b", "7"));
	it("finds an element by its name", finds("[{\"name\":\"mss\",\"mss\":9}]", "mss.mss", "9"));
	it("finds an element by its place", finds("[5,6]", "1", "6"));
	it("finds nothing where nothing is", finds("{\"a\":1}", "a.b.c", NULL));
	it("takes the first of two equal keys", finds("{\"a\":1,\"a\":2}", "a", "1"));
	it("reads the largest number", number_is("9223372036854775807", true, INT64_MAX));
	it("refuses a larger number", number_is("9223372036854775808", false, 0));
	it("refuses a fraction for an integer", number_is("1.5", false, 0));
}

static bool safe_is(const char *text, bool utf8, const char *wanted)
{
	struct str out = { 0 };
	bool good;

	text_safe(&out, text, utf8);
	good = strcmp(str_text(&out), wanted) == 0;
	if (!good)
		printf("# became '%s'\n", str_text(&out));
	str_free(&out);
	return good;
}

static void test_text(void)
{
	const char *next;

	it("makes an escape sequence visible", safe_is("\033[31m", true, "\\x1b[31m"));
	it("makes a turn of direction visible", safe_is("\xe2\x80\xae", true, "\\u202e"));
	it("makes a broken byte visible", safe_is("\xff", true, "\\xff"));
	it("keeps letters of other languages", safe_is("路由", true, "路由"));
	it("writes ASCII where there is only that", safe_is("é", false, "?"));
	it("counts two columns for an East Asian letter", text_width("a路由") == 5);
	it("fits whole letters only", text_fit("路由", 3) == 3);
	it("wraps at a space", text_wrap("ab cd", 4, &next) == 2 && strcmp(next, "cd") == 0);
	it("wraps a name behind an underscore",
	   text_wrap("tcp_v4_send_synack()", 14, &next) == 12 && strcmp(next, "synack()") == 0);
	it("wraps a word that is too long", text_wrap("abcdef", 4, &next) == 4);
}

static const char line[] =
	"{\"n\":1,\"type\":\"tcp.tx\",\"t_ns\":32000000000,\"netns\":\"client\",\"conn\":1,"
	"\"seq\":4294967295,\"flags\":\"S.\",\"ack\":0,\"saddr\":\"10.0.0.1\",\"rel_ack\":null,"
	"\"retrans\":true,\"opts\":[{\"name\":\"mss\",\"mss\":1460}],\"payload_len\":5,"
	"\"stack\":[{\"fn\":\"inner\"},{\"fn\":\"between\"},{\"fn\":\"outer\"}]}";

static bool holds(const char *text)
{
	struct names *names = names_new();
	struct binding syn = { .name = "syn", .name_len = 3 };
	const struct bindings bindings = { &syn, 1 };
	char *error = NULL;
	struct expr *expr = expr_parse(text, &bindings, &error);
	struct event ev;
	const char *what;
	bool good = expr && !event_read(&ev, line, sizeof(line) - 1, names, &what);

	syn.event = &ev;
	good = good && expr_holds(expr, &ev, &bindings);
	if (error)
		printf("# %.200s: %s\n", text, error);
	free(error);
	expr_free(expr);
	names_free(names);
	return good;
}

/* The condition so often side by side, with what stands between. */
static bool holds_times(const char *term, const char *between, int times)
{
	struct str text = { 0 };
	bool good;

	for (int i = 0; i < times; i++)
		str_addf(&text, "%s%s", i ? between : "", term);
	good = holds(str_text(&text));
	str_free(&text);
	return good;
}

static bool nests(const char *prefix, int times)
{
	struct str text = { 0 };
	bool good;

	str_fill(&text, prefix, times);
	str_add(&text, "conn=1");
	good = holds(str_text(&text));
	str_free(&text);
	return good;
}

static void test_size(void)
{
	it("takes 200,000 conditions side by side", holds_times("conn=1", " ", 200000));
	it("takes as many alternatives", holds_times("conn=1", " or ", 200000));
	it("takes as many negations side by side", holds_times("not conn=2", " ", 200000));
	it("takes negations in one another", nests("not ", 98));
	it("refuses too many of them", !nests("not ", 100000));
	it("a number too large is the largest", holds("seq<99999999999999999999 s"));
	it("numbers are added up to the largest",
	   holds("t_ns<$syn.n+9000000000000000000+9000000000000000000"));
}

static bool zeros_count(void)
{
	struct names *names = names_new();
	const char *one = names_get(names, "ab", 2),
		   *other = names_get(names, "ab\0cdefghijkl", 13);
	bool good = one != other && other == names_get(names, "ab\0cdefghijkl", 13) &&
		    one == names_get(names, "ab", 2);

	names_free(names);
	return good;
}

static void test_expressions(void)
{
	it("takes a type alone", holds("tcp.tx"));
	it("takes and, or, not and brackets", holds("tcp.tx and (conn=2 or not conn=3)"));
	it("lets and bind closer than or", holds("conn=1 or conn=2 and conn=3"));
	it("wraps sequence numbers", holds("ack=$syn.seq+1"));
	it("does not wrap other numbers", !holds("payload_len=$syn.seq+6"));
	it("takes the letters of flags in any order", holds("flags~.S") && !holds("flags~F"));
	it("compares an address as a text", holds("saddr=10.0.0.1") && !holds("saddr=10.0.0.10"));
	it("takes a range", holds("payload_len=4..6") && !holds("payload_len=6..7"));
	it("takes a tolerance to one side",
	   holds("t_ns=30 s +12.5 %") && !holds("t_ns=33 s +12.5 %"));
	it("takes a tolerance to both sides", holds("t_ns=33 s +-5 %"));
	it("knows null", holds("rel_ack=null") && !holds("ack=null"));
	it("takes true for true", holds("retrans=true") && holds("retrans!=false"));
	it("looks into lists", holds("opts~mss opts.mss.mss>=1460"));
	it("knows who called whom", holds("stack~outer->inner stack~outer->between->inner"));
	it("and who did not", !holds("stack~inner->outer") &&
				      !holds("stack~outer->inner->between") &&
				      !holds("stack~other->inner"));
	it("compares with what was found before", holds("conn=$syn.conn saddr=$syn.saddr"));
}

static bool flags_return(void)
{
	char text[TCP_FLAG_LETTERS];

	for (unsigned int flags = 0; flags < 0x200; flags++)
		if (tcp_flags_of(tcp_flag_letters((uint16_t)flags, text)) != flags)
			return false;
	return true;
}

static bool writes_back(const char *address)
{
	char text[ADDRESS_TEXT];
	struct address ip;

	return address_parse(address, &ip) && strcmp(address_text(ip, text), address) == 0;
}

static bool begins(const char *prefix, const char *address, int64_t len)
{
	struct address one, two;

	return address_parse(prefix, &one) && address_parse(address, &two) &&
	       address_begins(one, two, len);
}

static void test_addresses(void)
{
	struct address ip;
	char text[18];

	it("reads an address",
	   address_parse("10.0.0.2", &ip) && address_same(ip, address_of_ip4(0x0a000002)));
	it("reads one of IPv6",
	   address_parse("fd00::2", &ip) && ip.high == 0xfd00000000000000 && ip.low == 2);
	it("writes both as the kernel's tools do",
	   writes_back("10.0.0.2") && writes_back("fd00::2") && writes_back("::"));
	it("finds that a prefix holds", begins("10.0.0.0", "10.0.0.2", 24) &&
						begins("fd00::", "fd00::2", 64) &&
						begins("::", "fd00::2", 0));
	it("and that it does not", !begins("10.0.0.0", "10.0.1.2", 24) &&
					   !begins("fd00::", "fd01::2", 64) &&
					   !begins("fd00::", "fd00::2", 128));
	it("takes no prefix for that of the other family",
	   !begins("0.0.0.0", "fd00::2", 0) && !begins("10.0.0.0", "10.0.0.2", 33));
	it("refuses what is none",
	   !address_parse("10.0.0.256", &ip) && !address_parse("10.0.0.1x", &ip));
	it("writes flags as tcpdump does",
	   strcmp(tcp_flag_letters(TCP_ACK | TCP_FIN | TCP_PSH, text), "FP.") == 0);
	it("writes all nine", strcmp(tcp_flag_letters(0x1ff, text), "FSRP.UEWe") == 0);
	it("and that there is none", strcmp(tcp_flag_letters(0, text), "none") == 0);
	it("reads what it writes", flags_return());
}

static bool options_are(const char *bytes, size_t len, const char *wanted)
{
	struct frame f = { .bytes = (unsigned char *)bytes,
			   .cap_len = (uint32_t)len,
			   .opts_len = len };
	struct str out = { 0 };
	bool good;

	frame_options(&out, &f);
	good = strcmp(str_text(&out), wanted) == 0;
	if (!good)
		printf("# %s\n", str_text(&out));
	str_free(&out);
	return good;
}

static void test_options(void)
{
	it("writes options as events do, also twice",
	   options_are("\2\4\5\xb4\2\4\4\0\1", 9,
		       "[{\"name\":\"mss\",\"mss\":1460},{\"name\":\"mss\",\"mss\":1024},"
		       "{\"name\":\"nop\"}]"));
	it("writes blocks of SACK",
	   options_are("\5\x0a\0\0\0\1\0\0\0\2", 10, "[{\"name\":\"sack\",\"blocks\":[[1,2]]}]"));
	it("ends at the end of the list", options_are("\0\2\4", 3, "[{\"name\":\"eol\"}]"));
	it("goes on behind a length that is not its kind's",
	   options_are("\2\3\5\1", 4,
		       "[{\"name\":\"malformed\",\"kind\":2,\"length\":3},{\"name\":\"nop\"}]"));
	it("stops at a length that leads nowhere",
	   options_are("\2\xff\5\xb4", 4, "[{\"name\":\"truncated\",\"kind\":2,\"length\":255}]"));
	it("takes a kind alone at the end",
	   options_are("\1\x1e", 2,
		       "[{\"name\":\"nop\"},{\"name\":\"truncated\",\"kind\":30,\"length\":0}]"));
	it("names a kind that it does not know",
	   options_are("\x1e\4\1\2", 4, "[{\"name\":\"kind30\"}]"));
	it("writes the cookie of Fast Open, and that one is asked for",
	   options_are(
		   "\x22\4\xab\1\x22\2", 6,
		   "[{\"name\":\"tfo\",\"cookie\":\"ab01\"},{\"name\":\"tfo\",\"cookie\":null}]"));
}

int main(void)
{
	test_json();
	test_text();
	test_expressions();
	test_size();
	it("a name with a zero in it is another name", zeros_count());
	it("writes the TCP flags in the letters that facts.env has", flags_are_facts());
	test_addresses();
	test_options();
	printf("1..%d\n", count);
	return failed != 0;
}
