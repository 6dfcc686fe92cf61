/* news.c - see news.h. */
#include "config.h"

#include "news.h"

#include <inttypes.h>
#include <stdlib.h>

#include "wire/event.h"

static const char *const kind_names[] = {
#define KIND(name, ...) #name,
#include "wire/kinds.def"
#undef KIND
};

static const char *
kind_name(uint8_t kind)
{
	return kind < TL_NKINDS ? kind_names[kind] : "?";
}

static void
print_bytes(FILE *out, const char *bytes, size_t length)
{
	if (bytes == NULL) {
		fputs(" null", out);
		return;
	}
	fputs(" \"", out);
	for (size_t i = 0; i < length; i++)
		if (bytes[i] >= ' ' && bytes[i] < 0x7f && bytes[i] != '"' && bytes[i] != '\\')
			putc(bytes[i], out);
		else
			fprintf(out, "\\x%02x", (unsigned char)bytes[i]);
	putc('"', out);
}

static void
print_text(FILE *out, const char *text)
{
	print_bytes(out, text, text ? __builtin_strlen(text) : 0);
}

void
news_print(FILE *out, const struct news *n)
{
	fprintf(out, "%" PRId64 " %u ", n->time, n->thread);
	switch (n->what) {
	case NEWS_PROGRAM:
		fprintf(out, "program pid %d start %" PRId64, n->program.pid, n->program.start);
		print_text(out, n->program.command);
		break;
	case NEWS_EVENT:
		fprintf(out, "%s %" PRIx64 " at %" PRIx64 " value %u flags %u", kind_name(n->event.kind), n->event.object,
		    n->event.place, n->event.value, n->event.flags);
		break;
	case NEWS_NAME:
		fprintf(out, "name %" PRIx64 " other %" PRIx64 " value %u is %u", n->name.object, n->name.other,
		    n->name.value, n->name.is);
		print_text(out, n->name.text);
		break;
	case NEWS_PLACE:
		fprintf(out, "place %" PRIx64 " line %u", n->place.address, n->place.line);
		print_text(out, n->place.function);
		print_text(out, n->place.file);
		break;
	case NEWS_SOURCE:
		fprintf(out, "source line %u", n->source.line);
		print_text(out, n->source.file);
		print_text(out, n->source.text);
		break;
	case NEWS_GAP:
		fprintf(out, "gap %" PRIu64, n->gap.lost);
		break;
	case NEWS_LOOK:
		fprintf(out, "look held %u %s %" PRIx64 " at %" PRIx64, n->look.held, kind_name(n->look.kind),
		    n->look.object, n->look.place);
		print_text(out, n->look.elsewhere);
		break;
	case NEWS_CLOCK:
		fprintf(out, "clock %u real %" PRId64, n->clock.rate, n->clock.real);
		break;
	case NEWS_OUTPUT:
		fputs("output", out);
		print_bytes(out, n->output.bytes, n->output.length);
		break;
	case NEWS_EXIT:
		fprintf(out, "exit pid %d status %d", n->exit.pid, n->exit.status);
		break;
	}
}

char *
news_all(struct source *source, enum source_outcome *outcome, struct reason *why)
{
	char *text = NULL;
	size_t size;
	struct news news;
	FILE *out = open_memstream(&text, &size);

	while ((*outcome = source_next(source, &news, why)) == SOURCE_NEWS) {
		news_print(out, &news);
		putc('\n', out);
	}
	fclose(out);
	source_close(source);
	return text;
}
