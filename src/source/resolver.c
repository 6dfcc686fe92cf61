/* resolver.c - see resolver.h. */
#include "config.h"

#include "source/resolver.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"

#define AROUND		2u		/* lines told before and after a place */
#define TEXT_MAX	512
#define FILE_MAX	(8 << 20)
#define ADDRESSES_MAX	(1u << 20)

struct question {
	struct places *places;
	uint64_t address, plain;
	bool exact;
};

struct resolver {
	pthread_t thread;
	pthread_mutex_t mutex;		/* guards what follows, down to "quit" */
	pthread_cond_t asked;
	struct question *questions;
	uint32_t question_first, question_count, question_room;
	struct answer *answers;
	uint32_t answer_first, answer_count, answer_room;
	bool working, quit;

	uint64_t *known;		/* addresses asked for: the asker's own; open addressing, 0 free */
	uint32_t known_count, known_size;
	char **lines;			/* "file:line" told: the thread's own; open addressing */
	uint32_t lines_count, lines_size;
	int event;
};

/* --- Sets ----------------------------------------------------------------------------------------------------- */

/* Whether the address is new; from then on it is not. */
static bool
is_new(struct resolver *r, uint64_t address)
{
	uint32_t at;

	if (r->known_count >= r->known_size / 2) {
		uint64_t *old = r->known;
		uint32_t old_size = r->known_size;

		if (old_size >= ADDRESSES_MAX)
			return false;
		r->known_size = old_size ? 2 * old_size : 1024;
		r->known = allocate(r->known_size * sizeof *r->known);
		r->known_count = 0;
		for (uint32_t i = 0; i < old_size; i++)
			if (old[i] != 0)
				is_new(r, old[i]);
		free(old);
	}
	at = (uint32_t)((address * UINT64_C(0x9e3779b97f4a7c15)) >> 40) & (r->known_size - 1);
	while (r->known[at] != 0) {
		if (r->known[at] == address)
			return false;
		at = (at + 1) & (r->known_size - 1);
	}
	r->known[at] = address;
	r->known_count++;
	return true;
}

static uint32_t
hash_text(const char *text)
{
	uint32_t hash = 2166136261u;

	while (*text != '\0')
		hash = (hash ^ (unsigned char)*text++) * 16777619u;
	return hash;
}

/* As is_new(), of a text, which becomes the set's. */
static bool
is_new_line(struct resolver *r, char *text)
{
	uint32_t at;

	if (r->lines_count >= r->lines_size / 2) {
		char **old = r->lines;
		uint32_t old_size = r->lines_size;

		r->lines_size = old_size ? 2 * old_size : 256;
		r->lines = allocate(r->lines_size * sizeof *r->lines);
		r->lines_count = 0;
		for (uint32_t i = 0; i < old_size; i++)
			if (old[i] != NULL)
				is_new_line(r, old[i]);
		free(old);
	}
	at = hash_text(text) & (r->lines_size - 1);
	for (; r->lines[at] != NULL; at = (at + 1) & (r->lines_size - 1))
		if (strcmp(r->lines[at], text) == 0) {
			free(text);
			return false;
		}
	r->lines[at] = text;
	r->lines_count++;
	return true;
}

/* --- The thread ----------------------------------------------------------------------------------------------- */

static void
tell(struct resolver *r, struct answer answer)
{
	uint64_t one = 1;

	pthread_mutex_lock(&r->mutex);
	GROW(r->answers, r->answer_count, r->answer_room);
	r->answers[r->answer_count++] = answer;
	pthread_mutex_unlock(&r->mutex);
	if (write(r->event, &one, sizeof one) < 0)
		return;			/* full: it is readable already */
}

/* A file named by debugging information: only if it is an ordinary one, and of sensible size. */
static FILE *
open_source(const char *folder, const char *file)
{
	char path[4096];
	struct stat status;
	int fd;

	if (snprintf(path, sizeof path, "%s%s%s", file[0] == '/' ? "" : folder, file[0] == '/' ? "" : "/", file) >=
	    (int)sizeof path)
		return NULL;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) < 0)
		return NULL;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > FILE_MAX) {
		close(fd);
		return NULL;
	}
	return fdopen(fd, "r");
}

static void
tell_lines(struct resolver *r, const struct place *place)
{
	FILE *source = place->line > 0 ? open_source(place->folder, place->file) : NULL;
	char *line = NULL, *key;
	size_t room = 0;
	ssize_t length;

	if (source == NULL)
		return;
	for (uint32_t n = 1; n <= place->line + AROUND && (length = getline(&line, &room, source)) >= 0; n++) {
		if (n + AROUND < place->line || asprintf(&key, "%u:%s", n, place->file) < 0)
			continue;
		if (!is_new_line(r, key))
			continue;
		line[strcspn(line, "\r\n")] = '\0';
		if (length > TEXT_MAX)
			line[TEXT_MAX] = '\0';
		tell(r, (struct answer){ .file = duplicate(place->file), .text = duplicate(line), .line = n });
	}
	free(line);
	fclose(source);
}

static void
resolve(struct resolver *r, const struct question *q)
{
	struct place place;

	places_find(q->places, q->plain, q->exact, &place);
	tell(r, (struct answer){ .address = q->address, .function = duplicate(place.function),
		.file = duplicate(place.file), .line = place.line });
	tell_lines(r, &place);
}

static void *
work(void *of)
{
	struct resolver *r = of;
	struct question q;

	pthread_mutex_lock(&r->mutex);
	while (!r->quit) {
		if (r->question_first == r->question_count) {
			r->question_first = r->question_count = 0;
			pthread_cond_wait(&r->asked, &r->mutex);
			continue;
		}
		q = r->questions[r->question_first++];
		r->working = true;
		pthread_mutex_unlock(&r->mutex);
		resolve(r, &q);
		pthread_mutex_lock(&r->mutex);
		r->working = false;
	}
	pthread_mutex_unlock(&r->mutex);
	return NULL;
}

/* --- The asker ------------------------------------------------------------------------------------------------ */

struct resolver *
resolver_new(void)
{
	struct resolver *r = allocate(sizeof *r);
	sigset_t all, before;

	r->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&r->mutex, NULL);
	pthread_cond_init(&r->asked, NULL);
	sigfillset(&all);		/* the viewer's signals are for its own thread */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&r->thread, NULL, work, r) != 0)
		r->quit = true;		/* then nothing is resolved */
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

void
resolver_free(struct resolver *r)
{
	struct answer answer;
	bool runs;

	pthread_mutex_lock(&r->mutex);
	runs = !r->quit;
	r->quit = true;
	pthread_cond_signal(&r->asked);
	pthread_mutex_unlock(&r->mutex);
	if (runs)
		pthread_join(r->thread, NULL);
	while (resolver_answer(r, &answer)) {
		free(answer.function);
		free(answer.file);
		free(answer.text);
	}
	for (uint32_t i = 0; i < r->lines_size; i++)
		free(r->lines[i]);
	free(r->lines);
	free(r->known);
	free(r->questions);
	free(r->answers);
	close(r->event);
	pthread_cond_destroy(&r->asked);
	pthread_mutex_destroy(&r->mutex);
	free(r);
}

void
resolver_ask(struct resolver *r, struct places *places, uint64_t address, uint64_t plain, bool exact)
{
	if (address == 0 || !is_new(r, address))
		return;
	pthread_mutex_lock(&r->mutex);
	GROW(r->questions, r->question_count, r->question_room);
	r->questions[r->question_count++] = (struct question){ places, address, plain, exact };
	pthread_cond_signal(&r->asked);
	pthread_mutex_unlock(&r->mutex);
}

bool
resolver_answer(struct resolver *r, struct answer *answer)
{
	uint64_t count;
	bool found;

	pthread_mutex_lock(&r->mutex);
	if (r->answer_first == r->answer_count) {
		r->answer_first = r->answer_count = 0;
		if (read(r->event, &count, sizeof count) < 0)
			count = 0;	/* it was not readable, which is well */
	}
	found = r->answer_first < r->answer_count;
	if (found)
		*answer = r->answers[r->answer_first++];
	pthread_mutex_unlock(&r->mutex);
	return found;
}

bool
resolver_idle(struct resolver *r)
{
	bool idle;

	pthread_mutex_lock(&r->mutex);
	idle = r->quit || (!r->working && r->question_first == r->question_count && r->answer_first == r->answer_count);
	pthread_mutex_unlock(&r->mutex);
	return idle;
}

int
resolver_fd(const struct resolver *r)
{
	return r->event;
}
