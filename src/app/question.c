/* question.c - see question.h. */
#include "config.h"

#include "app/question.h"

#include <signal.h>
#include <string.h>

#define SECOND INT64_C(1000000000)
#define TWICE_WITHIN (2 * SECOND)
#define PATIENCE     (2 * SECOND)

void
quitting_ask(struct quitting *q, struct stage *stage, const char *name)
{
	q->asked = true;
	stage_tell(stage, 0, "%.60s is still running.  q end it   d leave it running   esc stay", name);
}

static void
end_it(struct quitting *q, struct stage *stage, const struct child *child)
{
	q->asked = false;
	q->ending = true;
	q->patience = clock_now() + PATIENCE;
	child_signal(child, SIGTERM);
	child_signal(child, SIGCONT);	/* a stopped one would not hear it */
	stage_tell(stage, 0, "Ending it.");
}

bool
quitting_answer(struct quitting *q, struct stage *stage, const struct child *child, const struct input *input)
{
	if (input->rune == 'q') {
		end_it(q, stage, child);
		return child->ended;
	}
	if (input->rune == 'd')
		return true;
	if (input->edit == EDIT_ESCAPE) {
		q->asked = false;
		stage_hush(stage);
	}
	return false;
}

void
quitting_interrupt(struct quitting *q, struct stage *stage, const struct child *child, const char *name)
{
	int64_t now = clock_now();

	if (q->interrupted != 0 && now - q->interrupted <= TWICE_WITHIN)
		end_it(q, stage, child);
	else
		quitting_ask(q, stage, name);
	q->interrupted = now;
}

bool
quitting_overdue(struct quitting *q, const struct child *child)
{
	if (!q->ending || child->ended || clock_now() < q->patience)
		return false;
	child_signal(child, SIGKILL);
	q->patience = INT64_MAX;
	return true;
}

int
quitting_wait(const struct quitting *q)
{
	int64_t left;

	if (!q->ending || q->patience == INT64_MAX)
		return -1;
	left = q->patience - clock_now();
	return left <= 0 ? 0 : (int)(left / 1000000) + 1;
}

static void
append_rune(char *line, size_t size, uint32_t rune)
{
	char bytes[5] = { 0 };

	if (rune < 0x80) {
		bytes[0] = (char)rune;
	} else if (rune < 0x800) {
		bytes[0] = (char)(0xc0 | rune >> 6);
		bytes[1] = (char)(0x80 | (rune & 0x3f));
	} else if (rune < 0x10000) {
		bytes[0] = (char)(0xe0 | rune >> 12);
		bytes[1] = (char)(0x80 | (rune >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (rune & 0x3f));
	} else {
		bytes[0] = (char)(0xf0 | rune >> 18);
		bytes[1] = (char)(0x80 | (rune >> 12 & 0x3f));
		bytes[2] = (char)(0x80 | (rune >> 6 & 0x3f));
		bytes[3] = (char)(0x80 | (rune & 0x3f));
	}
	if (strlen(line) + strlen(bytes) + 2 < size)	/* room for the newline */
		strlcat(line, bytes, size);
}

static void
erase_rune(char *line)
{
	size_t length = strlen(line);

	while (length > 0 && ((unsigned char)line[length - 1] & 0xc0) == 0x80)
		length--;
	line[length > 0 ? length - 1 : 0] = '\0';
}

enum line
line_edit(char *line, size_t size, const struct input *input)
{
	switch (input->edit) {
	case EDIT_ENTER:
		return LINE_DONE;
	case EDIT_ESCAPE:
		return LINE_DROPPED;
	case EDIT_ERASE:
		erase_rune(line);
		return LINE_GOES_ON;
	case EDIT_END:
		return *line == '\0' ? LINE_END_OF_FILE : LINE_GOES_ON;
	case EDIT_NONE:
		break;
	}
	if (input->rune != 0)
		append_rune(line, size, input->rune);
	return LINE_GOES_ON;
}
