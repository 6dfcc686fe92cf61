/*
 * segment.c - scribbles over a segment, in ever new ways, while the live source reads it: whatever lies there, the
 * reader neither crashes nor hangs, and its times never go back.
 *
 *    fuzz/segment [ROUNDS [SEED]]	TAP; a failing round tells its seed
 *
 * Some rounds scribble before the segment is opened (most are then refused), most of them while it is read.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/live.h"
#include "tests/writer.h"

#define LANES	 6u
#define CAPACITY 64u
#define NEWS_MAX 1000000	/* more than a segment of this size can hold */

static uint64_t state;

static uint64_t
dice(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* A number of the kind that breaks things. */
static uint64_t
nasty(void)
{
	static const uint64_t some[] = { 0, 1, 7, 0xff, 0x7fffffff, 0x80000000, 0xffffffff, UINT64_MAX, INT64_MAX,
		UINT64_C(1) << 48, 4096, CAPACITY, CAPACITY - 1, CAPACITY + 1 };

	return dice() % 3 == 0 ? dice() : some[dice() % (sizeof some / sizeof some[0])];
}

static void
scribble(struct writer *w, size_t from, size_t to)
{
	char *base = (char *)w->segment;

	for (uint64_t n = 1 + dice() % 32; n > 0; n--) {
		uint64_t value = nasty();
		size_t length = (size_t)1 << dice() % 4, at = from + dice() % (to - from - 8);

		memcpy(base + at, &value, length);
	}
}

/* A bit of ordinary life, so that the scribbles meet something. */
static void
live_a_little(struct writer *w)
{
	for (uint32_t lane = 0; lane < LANES; lane++) {
		struct tl_event e = { .kind = (uint8_t)(dice() % (TL_NKINDS + 3)), .flags = (uint8_t)dice(),
			.object = dice() % 8 * 16, .value = (uint32_t)(dice() % 3), .place = dice() % 4 };

		for (int i = 0; i < 8; i++)
			writer_fill(w, lane, writer_reserve(w, lane), writer_ticks(w), &e);
	}
	if (dice() % 4 == 0 && atomic_load(&w->segment->names_used) < 30000)
		writer_name(w, dice() % 8 * 16, (uint8_t)dice(), (uint32_t)dice() % 5, "name");
}

static bool
read_all(struct source *source, int64_t *last)
{
	struct reason why;
	struct news news;

	for (int i = 0; i < NEWS_MAX; i++) {
		if (source_next(source, &news, &why) != SOURCE_NEWS)
			return true;
		if (news.time < *last)
			return false;
		*last = news.time;
	}
	return false;
}

static bool
one_round(struct session *session)
{
	struct reason why;
	struct source *source = live_open(session, &why);
	size_t names, rings, size;
	int64_t last = INT64_MIN;
	struct writer w;
	bool good = true;
	char path[256];

	/* Process 0x3fffff99 is nobody: the source must not depend on a process being there, either. */
	if (source == NULL || !writer_make(&w, session_path(session), dice() % 2 ? getpid() : 0x3fffff99, LANES, CAPACITY))
		return false;
	names = w.segment->names_offset;
	rings = w.segment->rings_offset;
	size = w.segment->size;
	snprintf(path, sizeof path, "%s/%s", session_path(session), w.name);
	live_program(source, "fuzz", getpid(), 1);
	if (dice() % 8 == 0)
		scribble(&w, 0, sizeof(struct tl_segment));
	for (int i = 0; i < 8 && good; i++) {
		w.segment->names_offset = names;	/* the writer itself goes by them */
		w.segment->time_source = TL_TIME_CYCLES;
		atomic_store(&w.segment->names_used, 1000);
		live_a_little(&w);
		switch (dice() % 6) {
		case 0: scribble(&w, 0, sizeof(struct tl_segment)); break;
		case 1: scribble(&w, sizeof(struct tl_segment), names); break;
		case 2: scribble(&w, names, names + 512); break;
		case 3: live_pause(source); break;
		case 4: live_resume(source); break;
		default: scribble(&w, rings, size); break;
		}
		good = read_all(source, &last);
		live_doze(source);
	}
	munmap(w.segment, size);	/* before it is cut short: the guard is the reader's */
	if (CAN_CUT_FILES && dice() % 16 == 0 && truncate(path, (off_t)(dice() % size)) == 0)
		good = read_all(source, &last) && good;
	live_exit(source, getpid(), 0);
	good = read_all(source, &last) && good;
	source_close(source);
	unlink(path);
	return good;
}

int
main(int argc, char **argv)
{
	uint32_t rounds = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 300;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	struct reason why;

	printf("1..1\n");
	for (uint32_t i = 0; i < rounds; i++) {
		struct session *session = session_make(&why);
		bool good;

		state = (seed + i) * UINT64_C(0x9e3779b97f4a7c15) | 1;
		good = session != NULL && one_round(session);
		if (session != NULL)
			session_end(session);
		if (!good) {
			printf("not ok 1 - seed %llu\n", (unsigned long long)(seed + i));
			return 1;
		}
	}
	printf("ok 1 - %u scribbled segments were survived\n", rounds);
	return 0;
}
