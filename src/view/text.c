/* text.c - times, durations and lists as words. See frame.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "view/frame.h"

void
append(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, size - used, format, args);
	va_end(args);
}

int
time_text(char *text, size_t size, int64_t t, int decimals)
{
	uint64_t part = SECOND, ticks;	/* part: how many of the last digit make a second */

	for (int i = 9; i > decimals && part > 1; i--)
		part /= 10;
	ticks = (uint64_t)(t < 0 ? -t : t) / (SECOND / part);
	if (decimals <= 0)
		return snprintf(text, size, "%s%llu", t < 0 ? "-" : "", (unsigned long long)ticks);
	return snprintf(text, size, "%s%llu.%0*llu", t < 0 ? "-" : "", (unsigned long long)(ticks / part), decimals,
	    (unsigned long long)(ticks % part));
}

int
duration_text(char *text, size_t size, int64_t ns)
{
	if (ns < 0)
		ns = 0;
	if (ns < 10000)
		return snprintf(text, size, "%.1f us", ns / 1e3);
	if (ns < 1000000)
		return snprintf(text, size, "%lld us", (long long)ns / 1000);
	if (ns < SECOND)
		return snprintf(text, size, "%lld ms", (long long)ns / 1000000);
	return snprintf(text, size, "%lld.%02lld s", (long long)(ns / SECOND), (long long)(ns % SECOND / 10000000));
}

int
elapsed_text(char *text, size_t size, int64_t ns)
{
	if (ns < SECOND / 10)
		return duration_text(text, size, ns);
	return snprintf(text, size, "%lld.%02lld s", (long long)(ns / SECOND), (long long)(ns % SECOND / 10000000));
}

void
list_text(char *text, size_t size, const char *const *names, int n, int total, const char *last)
{
	for (int i = 0; i < n; i++)
		append(text, size, "%s%s", i == 0 ? "" : i == total - 1 ? last : ", ", names[i]);
	if (total > n)
		append(text, size, " and %d more", total - n);
}

const char *
thread_name(const struct model *m, uint32_t thread)
{
	if (thread == 0 || thread > model_threads(m))
		return "a thread";
	return model_thread(m, thread)->name;
}

const char *
object_name(const struct model *m, uint32_t object)
{
	if (object == 0 || object > model_objects(m))
		return "something";
	return model_object(m, object)->name;
}

const char *
signal_name(int number)
{
	static char text[32];
	const char *short_name = sigabbrev_np(number);

	if (short_name != NULL)
		snprintf(text, sizeof text, "SIG%s", short_name);
	else
		snprintf(text, sizeof text, "signal %d", number);
	return text;
}

const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}
