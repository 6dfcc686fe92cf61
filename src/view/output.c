/*
 * output.c - OUTPUT: what the program wrote. Now it is as the program's own terminal shows it; looking back, and where
 * nobody keeps a terminal for it, it is what had been written by then, as plain lines.
 */
#include "config.h"

#include <string.h>

#include "view/frame.h"

#define LONGEST_LINE 512

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

/* One line of bytes as a row of cells: escape sequences skipped, a return begins the line anew. */
static struct output_row
line_read(struct canvas *scratch, int row, const char *p, const char *end)
{
	char text[LONGEST_LINE];
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
	used = (size_t)canvas_text(scratch, row, 0, HUE_NONE, text);
	return (struct output_row){ .cells = canvas_at(scratch, row, 0), .length = (int)used };
}

static const char *
line_before(const char *bytes, const char *end)
{
	const char *newline = end > bytes ? memrchr(bytes, '\n', (size_t)(end - bytes)) : NULL;

	return newline != NULL ? newline + 1 : bytes;
}

/* In how many rows of the pane a row of the terminal goes: it is folded, for its end often says most. */
static int
folds(const struct output_row *row, int cols)
{
	return row->length <= cols ? 1 : (row->length + cols - 1) / cols;
}

/* The last rows that fit, from below. */
static void
rows_paint(struct frame *f, const struct box *box, const struct output_row *rows, int count)
{
	int space = box->rows - 1, used = 0, first = count, skip;

	if (box->cols < 1)
		return;
	while (first > 0 && used < space)
		used += folds(&rows[--first], box->cols);
	skip = used > space ? used - space : 0;		/* of the topmost row only its end is seen */
	for (int i = first, at = box->row + 1 - skip; i < count; at += folds(&rows[i++], box->cols))
		for (int k = 0; k < rows[i].length; k++) {
			int row = at + k / box->cols;
			uint32_t rune = canvas_fit(rows[i].cells[k].rune);

			if (row > box->row)
				canvas_put(f->c, row, box->col + k % box->cols, rune != 0 ? rune : ' ',
				    rows[i].cells[k].style & ~STYLE_HUE);
		}
}

/* The last lines that had been written by the time looked at. */
static void
back_then(struct frame *f, const struct box *box)
{
	size_t length;
	const char *bytes = model_output(f->m, f->t, &length), *end, *start[256];
	int most = box->rows - 1 < 255 ? box->rows - 1 : 255, n = 0;
	struct output_row rows[256];
	struct canvas *scratch;

	if (bytes == NULL || length == 0 || most < 1)
		return;
	end = bytes + length;
	if (end[-1] == '\n')
		end--;
	start[0] = end + 1;
	while (n < most && start[n] > bytes) {
		start[n + 1] = line_before(bytes, start[n] - 1);
		n++;
	}
	scratch = canvas_new(LONGEST_LINE, most);
	for (int i = 0; i < n; i++)
		rows[i] = line_read(scratch, i, start[n - i], start[n - i - 1] - 1);
	rows_paint(f, box, rows, n);
	canvas_free(scratch);
}

void
output_paint(struct frame *f, struct box box)
{
	heading(f, box.row, box.col, "OUTPUT");
	if (f->back || f->w->output_rows == 0)
		back_then(f, &box);
	else
		rows_paint(f, &box, f->w->output, f->w->output_rows);
}
