/*
 * ask.c - see ask.h.
 *
 * After a question that not every terminal knows we also ask for the device attributes, which every one does: when
 * those come without the answer, none will come, and nobody waits for the time to pass.
 */
#include "config.h"

#include "term/ask.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
write_all(int fd, const char *text)
{
	size_t length = strlen(text);

	return write(fd, text, length) == (ssize_t)length;
}

/* Reads until the last byte of an answer has come, or the time is up. */
static bool
read_answer(int in, int timeout_ms, char last, char *answer, size_t size)
{
	long end = now_ms() + timeout_ms, left;
	size_t used = 0;

	while (used + 1 < size && (left = end - now_ms()) >= 0) {
		struct pollfd p = { .fd = in, .events = POLLIN };
		if (poll(&p, 1, (int)left) != 1 || read(in, &answer[used], 1) != 1)
			break;
		if (answer[used++] == last) {
			answer[used] = '\0';
			return true;
		}
	}
	answer[used] = '\0';
	return false;
}

/* With echo and line editing off, so that the answer comes at once and is not seen. */
static bool
ask(int in, int out, int timeout_ms, const char *question, char last, char *answer, size_t size)
{
	struct termios saved, raw;
	bool answered;

	*answer = '\0';
	if (tcgetattr(in, &saved) == -1)
		return false;
	raw = saved;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(in, TCSADRAIN, &raw) == -1)
		return false;
	answered = write_all(out, question) && read_answer(in, timeout_ms, last, answer, size);
	tcsetattr(in, TCSADRAIN, &saved);
	return answered;
}

double
ask_luminance(const char *answer)
{
	const char *rgb = strstr(answer, "rgb:");
	unsigned part[3];
	double value[3];
	int digits = 0;

	if (rgb == NULL || sscanf(rgb + 4, "%4x%n/%4x/%4x", &part[0], &digits, &part[1], &part[2]) != 3)
		return -1;
	for (int i = 0; i < 3; i++)
		value[i] = part[i] / (double)((1u << 4 * digits) - 1);
	return 0.2126 * value[0] + 0.7152 * value[1] + 0.0722 * value[2];
}

bool
ask_background(int in, int out, int timeout_ms, bool *light)
{
	char answer[128];
	double luminance;

	ask(in, out, timeout_ms, "\033]11;?\033\\\033[c", 'c', answer, sizeof answer);
	luminance = ask_luminance(answer);
	*light = luminance > 0.5;
	return luminance >= 0;
}

bool
ask_width(int in, int out, int timeout_ms, const char *shown, int *width)
{
	char question[64], answer[64];
	const char *at;
	int row, column;

	snprintf(question, sizeof question, "\r%s\033[6n\r\033[K", shown);
	if (!ask(in, out, timeout_ms, question, 'R', answer, sizeof answer))
		return false;
	at = strstr(answer, "\033[");
	if (at == NULL || sscanf(at, "\033[%d;%d", &row, &column) != 2)
		return false;
	*width = column - 1;
	return true;
}
