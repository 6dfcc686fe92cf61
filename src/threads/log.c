/*
 * log.c - a line of text with the thread's name in front, and a sleep.
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "threads/inside.h"

#define LINE_MAX_BYTES 4096

static uint32_t style;			/* atomic, enum tl_log_style */

void
tl_log_set_style(enum tl_log_style wanted)
{
	__atomic_store_n(&style, wanted, __ATOMIC_RELAXED);
}

/* What stands before the text; returns its length. */
static size_t
prefix(char *line, size_t size)
{
	const char *name = tl_thread_name(NULL);
	struct timeval now;
	struct tm tm;
	char date[32];
	int length;

	if (__atomic_load_n(&style, __ATOMIC_RELAXED) != TL_LOG_TIME) {
		length = snprintf(line, size, "(%-10s) ", name);
	} else {
		gettimeofday(&now, NULL);
		localtime_r(&now.tv_sec, &tm);
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
		length = snprintf(line, size, "%s,%03d (%-2s) ", date, (int)(now.tv_usec / 1000), name);
	}
	return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1;
}

static void
write_all(const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(STDERR_FILENO, text, length);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			text += n;
			length -= (size_t)n;
		}
	}
}

void
tl_log(const char *format, ...)
{
	uint64_t place = TL_PLACE;
	int error = errno, wanted;
	char line[LINE_MAX_BYTES];
	size_t start = prefix(line, sizeof(line) / 2), room = sizeof(line) - start - 1, length;
	va_list arguments;

	va_start(arguments, format);
	wanted = vsnprintf(line + start, room, format, arguments);
	va_end(arguments);
	length = wanted < 0 ? 0 : (size_t)wanted < room ? (size_t)wanted : room - 1;
	tl_gate(TL_LOG, 0, place);
	tl_emit_line(line + start, length, place);
	line[start + length] = '\n';
	write_all(line, start + length + 1);
	errno = error;
}

static void
sleep_cancelled(void *argument)
{
	(void)argument;
	tl_self.cancelled = true;
}

int
tl_sleep(double seconds)
{
	struct tl_call call = TL_CALL(NULL);

	if (!tl_call_timeout(&call, seconds) || isinf(seconds) || seconds < 0)
		return tl_misuse(TL_E_ARGUMENT, &call);
	call.object = (uint64_t)(seconds * 1e9);
	tl_gate(TL_SLEEP, call.object, call.place);
	if (call.poll)
		call.deadline = tl_session_now();
	tl_emit(TL_SLEEP, 0, call.object, 0, call.place);
	pthread_cleanup_push(sleep_cancelled, NULL);
	tl_park_cancellable(call.deadline);
	pthread_cleanup_pop(0);
	tl_emit_ordered(TL_SLEEP_END, 0, call.object, 0, call.place);
	return TL_OK;
}
