/* script-words.c - a line of a script as words, numbers and times. See script.h and script-parse.h. */
#include "config.h"

#include "source/script-parse.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S INT64_C(1000000000)
#define SECONDS_MOST INT64_C(4000000000)	/* a bit over a century, and 1970 to now fits too */

bool
bad(struct parser *p, const char *format, ...)
{
	char what[400];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	/* This goes to a terminal: no control characters, not those of UTF-8 either (C2 80 to 9F). */
	for (char *c = what; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c) || (*c == '\xc2' && (c[1] & 0xe0) == 0x80))
			*c = '?';
	return because(p->why, "line %u: %s", p->line, what);
}

static int
hex(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = tolower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character an escape stands for; *at is behind the backslash and moves on. -1 if it stands for none. */
static int
escape(const char **at)
{
	static const char from[] = "nrte\\\"", to[] = "\n\r\t\033\\\"";
	const char *which;

	if (**at == 'x') {
		int high = hex((unsigned char)(*at)[1]);
		int low = high < 0 ? -1 : hex((unsigned char)(*at)[2]);
		*at += low < 0 ? 0 : 3;
		return low < 0 ? -1 : high * 16 + low;
	}
	which = **at == '\0' ? NULL : strchr(from, **at);
	if (which == NULL)
		return -1;
	(*at)++;
	return (unsigned char)to[which - from];
}

static bool
quoted_word(struct parser *p)
{
	p->at++;
	while (*p->at != '"') {
		int c = (unsigned char)*p->at;
		if (c == '\0')
			return bad(p, "a quotation mark is not closed: \"%.40s", p->word);
		p->at++;
		if (c == '\\' && (c = escape(&p->at)) < 0)
			return bad(p, "\"\\%.1s\" is no escape: there are \\n \\r \\t \\e \\\\ \\\" and \\xHH", p->at);
		if (p->length == sizeof p->word - 1)
			return bad(p, "a word is longer than %zu bytes: \"%.40s...\"", sizeof p->word - 1, p->word);
		p->word[p->length++] = c;
		p->word[p->length] = '\0';
	}
	p->at++;
	if (*p->at != '\0' && !isspace((unsigned char)*p->at))
		return bad(p, "a blank is missing behind \"%.40s\"", p->word);
	return true;
}

bool
parse_next(struct parser *p)
{
	p->length = 0;
	p->word[0] = '\0';
	p->at += strspn(p->at, " \t\r\f\v");
	p->there = *p->at != '\0' && *p->at != '#';
	p->quoted = p->there && *p->at == '"';
	if (!p->there)
		return true;
	if (p->quoted)
		return quoted_word(p);
	p->length = strcspn(p->at, " \t\r\f\v");
	if (p->length >= sizeof p->word)
		return bad(p, "a word is longer than %zu bytes: \"%.40s...\"", sizeof p->word - 1, p->at);
	memcpy(p->word, p->at, p->length);
	p->word[p->length] = '\0';
	p->at += p->length;
	return true;
}

bool
parse_is(const struct parser *p, const char *word)
{
	return p->there && !p->quoted && strcmp(p->word, word) == 0;
}

bool
parse_accept(struct parser *p, const char *word, bool *was)
{
	*was = parse_is(p, word);
	return !*was || parse_next(p);
}

bool
parse_need(struct parser *p, const char *what)
{
	return p->there || bad(p, "%s is missing at the end of the line", what);
}

bool
parse_end(struct parser *p)
{
	return !p->there || bad(p, "\"%.60s\" is too much here", p->word);
}

bool
parse_starts_number(const struct parser *p)
{
	return p->there && !p->quoted && isdigit((unsigned char)p->word[0]);
}

bool
parse_number(struct parser *p, const char *what, uint64_t most, uint64_t *number)
{
	const char *digits = p->word;
	uint64_t n = 0;
	unsigned base = 10;

	if (!parse_need(p, what))
		return false;
	if (strncmp(digits, "0x", 2) == 0) {
		base = 16;
		digits += 2;
	}
	for (const char *d = digits; d == digits || *d != '\0'; d++) {
		int digit = hex((unsigned char)*d);
		if (digit < 0 || digit >= (int)base)
			return bad(p, "%s is expected, not \"%.60s\"", what, p->word);
		if (n > (most - digit) / base)
			return bad(p, "\"%.60s\" is too large", p->word);
		n = n * base + digit;
	}
	*number = n;
	return parse_next(p);
}

/* How many ns the unit behind a number is; 0 if it is none. */
static int64_t
unit(const char *text)
{
	static const struct { const char *name; int64_t ns; } units[] = {
		{ "", NS_PER_S }, { "s", NS_PER_S }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 },
	};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(text, units[i].name) == 0)
			return units[i].ns;
	return 0;
}

bool
parse_time(struct parser *p, const char *what, int64_t *ns)
{
	const char *at = p->word + strspn(p->word, "0123456789");
	const char *fraction = *at == '.' ? at + 1 : at;
	const char *end = fraction + (*at == '.' ? strspn(fraction, "0123456789") : 0);
	int64_t scale = unit(end), whole = 0;

	if (!parse_need(p, what))
		return false;
	if (p->quoted || at == p->word || scale == 0 || (*at == '.' && end == fraction))
		return bad(p, "%s is expected (such as 0.25, 1.5s, 20ms, 3us, 40ns), not \"%.60s\"", what, p->word);
	for (const char *d = p->word; d < at; d++) {
		whole = whole * 10 + (*d - '0');
		if (whole > SECONDS_MOST * (NS_PER_S / scale) || whole > INT64_MAX / 20)
			return bad(p, "\"%.60s\" is too long a time", p->word);
	}
	*ns = whole * scale;
	for (const char *d = fraction; d < end && scale >= 10; d++) {
		scale /= 10;
		*ns += (*d - '0') * scale;
	}
	return parse_next(p);
}
