/* names.c - texts of the program made harmless, kept once each, and names told apart. */
#include "config.h"

#include "model/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define LIBBSD_OPENBSD_VIS	/* which of two strnvis() that we do not use: else the header warns */
#include <vis.h>
#include <wchar.h>

#include "base/allocate.h"

static int
compare(struct word *a, struct word *b)
{
	return strcmp(a->text, b->text);
}

/* RB_GENERATE_STATIC needs a macro that glibc does not have. */
RB_GENERATE_INTERNAL(words, word, link, compare, __attribute__((unused)) static)

struct word *
intern_word(struct model *m, const char *text)
{
	size_t length = strlen(text);
	struct word *w = allocate(sizeof *w + length + 1), *there;

	memcpy(w->text, text, length + 1);
	there = RB_INSERT(words, &m->words, w);
	if (there != NULL) {
		free(w);
		return there;
	}
	m->used += sizeof *w + length + 1;
	return w;
}

const char *
intern(struct model *m, const char *text)
{
	return intern_word(m, text)->text;
}

void
words_free(struct model *m)
{
	struct word *w;

	while ((w = RB_ROOT(&m->words)) != NULL) {
		RB_REMOVE(words, &m->words, w);
		free(w);
	}
}

/* Length of the letter at the bytes if it is valid UTF-8, one column wide and harmless; else 0. */
static size_t
letter(const char *bytes, size_t length)
{
	mbstate_t state = { 0 };
	wchar_t c;
	size_t n;

	if ((unsigned char)*bytes < 0x80)
		return *bytes >= ' ' && *bytes <= '~' && *bytes != '\\';
	n = mbrtowc(&c, bytes, length, &state);
	if (n == 0 || n > length || wcwidth(c) != 1)
		return 0;
	return n;
}

static size_t
escape(char *to, const char *bytes, size_t length)
{
	char seen[8];

	if (*bytes == '\t')
		return (size_t)snprintf(to, 5, "    ");
	vis(seen, *bytes, VIS_OCTAL | VIS_CSTYLE | VIS_WHITE, length > 1 ? bytes[1] : 0);
	if (*bytes == '\\')
		strcpy(seen, "\\");
	strcpy(to, seen);
	return strlen(seen);
}

/*
 * What is printable and one column wide stays, blanks too; the rest is escaped as vis(3) does. A backslash stays as it
 * is: nobody reads the text back. Cut to at most so many bytes, never within a letter.
 */
char *
harmless(struct model *m, const char *bytes, size_t length, size_t most)
{
	char *text = allocate(most + 1);
	locale_t before = m->locale != (locale_t)0 ? uselocale(m->locale) : (locale_t)0;
	size_t used = 0;

	for (size_t i = 0; i < length;) {
		char escaped[8];
		size_t n = letter(bytes + i, length - i), size = n > 0 ? n : escape(escaped, bytes + i, length - i);

		if (used + size > most)
			break;
		memcpy(text + used, n > 0 ? bytes + i : escaped, size);
		used += size;
		i += n > 0 ? n : 1;
	}
	if (before != (locale_t)0)
		uselocale(before);
	return text;
}

const char *
intern_harmless(struct model *m, const char *bytes, size_t most)
{
	char *text = harmless(m, bytes, strnlen(bytes, 4 * most), most);
	const char *kept = intern(m, text);

	free(text);
	return kept;
}

/* The name itself for the first that has it, then "A 2", "A 3". */
const char *
told_apart(struct model *m, const char *given, bool of_object)
{
	struct word *w = intern_word(m, given);
	char text[160];

	while (++w->uses[of_object] > 1) {
		struct word *other;

		snprintf(text, sizeof text, "%s %u", given, (unsigned int)w->uses[of_object]);
		other = intern_word(m, text);
		if (other->uses[of_object] == 0) {
			other->uses[of_object] = 1;
			return other->text;
		}
	}
	return w->text;
}

void
names_thread(struct model *m, struct lane *l, const char *given)
{
	if (given == l->given || given[0] == '\0')
		return;
	l->given = given;
	if (strcmp(given, l->who.name) != 0)
		l->who.name = told_apart(m, given, false);
}
