/*
 * output.c - OUTPUT: what the program wrote. Now it is as the program's own terminal shows it; looking back, and where
 * nobody keeps a terminal for it, it is what had been written by then, as plain lines.
 */
#include "config.h"

#include <string.h>

#include "view/frame.h"

/* Behind an escape sequence that begins at p (after the escape itself). */
static const char *
skip_sequence(const char *p, const char *end)
{
	if (p < end && *p == '[') {
		for (p++; p < end && (*p < 0x40 || *p > 0x7e); p++)
			;
	} else if (p < end && *p == ']') {
		for (; p < end && *p != '\007' && *p != '\033'; p++)
			;
	}
	return p < end ? p + 1 : end;
}

/* One line of bytes as text: escape sequences skipped, a return begins the line anew. */
static void
line_paint(struct frame *f, int row, const struct box *box, const char *p, const char *end)
{
	char text[512];
	size_t used = 0;

	while (p < end && used < sizeof text - 1) {
		char c = *p++;

		if (c == '\033')
			p = skip_sequence(p, end);
		else if (c == '\r' && p < end && *p != '\r')
			used = 0;
		else if (c == '\t')
			text[used++] = ' ';
		else if ((unsigned char)c >= ' ' && c != 0x7f)
			text[used++] = c;
	}
	text[used] = '\0';
	canvas_textn(f->c, row, box->col, box->cols, HUE_NONE, text);
}

static const char *
line_before(const char *bytes, const char *end)
{
	const char *newline = end > bytes ? memrchr(bytes, '\n', (size_t)(end - bytes)) : NULL;

	return newline != NULL ? newline + 1 : bytes;
}

/* The last lines that had been written by the time looked at. */
static void
back_then(struct frame *f, const struct box *box)
{
	size_t length;
	const char *bytes = model_output(f->m, f->t, &length), *end, *start[256];
	int rows = box->rows - 1 < 255 ? box->rows - 1 : 255, n = 0;

	if (bytes == NULL || length == 0)
		return;
	end = bytes + length;
	if (end[-1] == '\n')
		end--;
	start[0] = end + 1;
	while (n < rows && start[n] > bytes) {
		start[n + 1] = line_before(bytes, start[n] - 1);
		n++;
	}
	for (int i = n; i > 0; i--)
		line_paint(f, box->row + 1 + n - i, box, start[i], start[i - 1] - 1);
}

static void
as_it_is(struct frame *f, const struct box *box)
{
	int have = f->w->output_rows, rows = box->rows - 1, n = have < rows ? have : rows;

	for (int i = 0; i < n; i++) {
		const struct output_row *row = &f->w->output[have - n + i];

		for (int k = 0; k < row->length && k < box->cols; k++) {
			uint32_t rune = canvas_fit(row->cells[k].rune);

			canvas_put(f->c, box->row + 1 + i, box->col + k, rune != 0 ? rune : ' ', row->cells[k].style & ~STYLE_HUE);
		}
	}
}

void
output_paint(struct frame *f, struct box box)
{
	heading(f, box.row, box.col, "OUTPUT");
	if (f->back || f->w->output_rows == 0)
		back_then(f, &box);
	else
		as_it_is(f, &box);
}
