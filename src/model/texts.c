/* texts.c - lines of text that come in pieces of 16 bytes behind their LOG. */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

#define MOST_TEXT 1024

/* A line of so many bytes is announced; the number of its text is left in the lane. */
void
text_begin(struct model *m, struct lane *l, uint32_t length)
{
	struct text *t = series_add(&m->texts, &m->used);

	t->event = m->order.count;
	l->text = m->texts.count - 1;
	l->text_wanted = length < MOST_TEXT ? length : MOST_TEXT;
	l->text_has = 0;
	if (l->text_bytes == NULL)
		l->text_bytes = allocate(MOST_TEXT);
}

/* What has come is the text, also when the rest was lost. */
void
text_end(struct model *m, struct lane *l)
{
	struct text *t;
	char *text;

	if (l->text_wanted == 0)
		return;
	l->text_wanted = 0;
	if (l->text < m->first_text)
		return;
	t = series_at(&m->texts, l->text);
	text = harmless(m, l->text_bytes, l->text_has, 4 * (size_t)l->text_has);
	t->text = duplicate(text);
	free(text);
	m->used += strlen(t->text) + 1;
}

void
text_more(struct model *m, struct lane *l, uint64_t first, uint64_t second)
{
	uint64_t piece[2] = { first, second };
	uint32_t n = l->text_wanted - l->text_has;

	if (n > sizeof piece)
		n = sizeof piece;
	if (l->text_wanted == 0 || n == 0)
		return;
	memcpy(l->text_bytes + l->text_has, piece, n);
	l->text_has += n;
	if (l->text_has == l->text_wanted)
		text_end(m, l);
}

void
texts_forget(struct model *m)
{
	while (m->first_text < m->texts.count) {
		struct text *t = series_at(&m->texts, m->first_text);

		if (t->event >= m->first)
			break;
		if (t->text != NULL)
			m->used -= strlen(t->text) + 1;
		free(t->text);
		m->first_text++;
	}
	series_forget(&m->texts, m->first_text, &m->used);
}

void
texts_free(struct model *m)
{
	for (; m->first_text < m->texts.count; m->first_text++)
		free(((struct text *)series_at(&m->texts, m->first_text))->text);
	series_free(&m->texts);
}
