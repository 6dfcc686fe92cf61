/*
 * record.c - all threads that are known.
 *
 * A record belongs to the library: it stays for as long as the thread runs, somebody refers to it, or a call is busy with
 * it, and is then used again with another serial. The memory of a record never goes away, so an old reference can be
 * looked at safely, and is recognised.
 */
#include "config.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "threads/inside.h"

struct tl_queue tl_registry;
struct tl_record *tl_records, *tl_main_record;
uint32_t tl_zombies;

static struct tl_record *spare;		/* records to be used again; like all of this guarded by tl_registry */
static uint64_t last_serial;

static struct tl_label *
label_new(const char *text)
{
	size_t size = strlen(text) + 1;
	struct tl_label *label = malloc(sizeof(*label) + size);

	if (label != NULL) {
		label->older = NULL;
		memcpy(label->text, text, size);
	}
	return label;
}

static void
labels_free(struct tl_label *label)
{
	while (label != NULL) {
		struct tl_label *older = label->older;

		free(label);
		label = older;
	}
}

/* The guard held: the first spare record, or NULL. */
static struct tl_record *
record_again(void)
{
	struct tl_record *record = spare;

	if (record != NULL)
		spare = record->next;
	return record;
}

static void
enlist(struct tl_record *record)
{
	struct tl_record **end = &tl_records;

	while (*end != NULL)
		end = &(*end)->next;
	record->next = NULL;
	*end = record;
	__atomic_store_n(&record->serial, ++last_serial, __ATOMIC_RELAXED);
}

struct tl_record *
tl_record_new(const char *name, const char *pattern)
{
	static uint32_t counter;
	char made[32];
	struct tl_record *record;
	struct tl_label *label;

	if (name == NULL || *name == '\0') {
		snprintf(made, sizeof(made), pattern, __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED));
		name = made;
	}
	label = label_new(name);
	tl_guard(&tl_registry);
	record = record_again();
	tl_unguard(&tl_registry);
	if (record == NULL)
		record = malloc(sizeof(*record));
	if (label == NULL || record == NULL) {
		free(label);
		free(record);
		return NULL;
	}
	*record = (struct tl_record){ .label = label, .referenced = true, .identity = tl_identity(record) };
	tl_queue_init(&record->queue);
	tl_guard(&tl_registry);
	enlist(record);
	tl_unguard(&tl_registry);
	return record;
}

void
tl_record_drop(struct tl_record *record)
{
	struct tl_record **link = &tl_records;

	if (record->referenced || record->pins > 0 || record == tl_main_record)
		return;
	if (tl_record_state(record) != TL_RECORD_INITIAL
	    && (tl_record_state(record) != TL_RECORD_ENDED || __atomic_load_n(&record->reaped, __ATOMIC_ACQUIRE) != 2))
		return;
	while (*link != record)
		link = &(*link)->next;
	*link = record->next;
	__atomic_store_n(&record->serial, 0, __ATOMIC_RELAXED);
	labels_free(record->label);
	record->label = NULL;
	record->next = spare;
	spare = record;
}

struct tl_record *
tl_record_pin(const struct tl_thread *thread)
{
	struct tl_record *record = thread == NULL ? tl_self_record() : thread->record;

	if (record == NULL || (thread != NULL && thread->serial == 0))
		return NULL;
	tl_guard(&tl_registry);
	if (thread != NULL && record->serial != thread->serial)
		record = NULL;
	else
		record->pins++;
	tl_unguard(&tl_registry);
	return record;
}

void
tl_record_unpin(struct tl_record *record)
{
	tl_guard(&tl_registry);
	record->pins--;
	tl_record_drop(record);
	tl_unguard(&tl_registry);
}

bool
tl_record_rename(struct tl_record *record, const char *name)
{
	struct tl_label *label = label_new(name);

	if (label == NULL)
		return false;
	tl_guard(&tl_registry);
	label->older = record->label;
	__atomic_store_n(&record->label, label, __ATOMIC_RELEASE);
	tl_unguard(&tl_registry);
	return true;
}

void
tl_record_tell_name(const struct tl_record *record)
{
	const struct tl_writer *lane = record->writer != NULL ? record->writer
	    : record == tl_self.record ? tl_writer : NULL;

	tl_name_object(&(struct tl_naming){ .object = record->identity, .is = TL_OBJECT_THREAD,
	    .serial = tl_lane_serial(lane), .text = record->label->text });
}

uint32_t
tl_record_state(const struct tl_record *record)
{
	return __atomic_load_n(&record->state, __ATOMIC_ACQUIRE);
}

struct tl_thread
tl_record_reference(const struct tl_record *record)
{
	if (record == NULL)
		return (struct tl_thread){ 0 };
	return (struct tl_thread){ (struct tl_record *)record, __atomic_load_n(&record->serial, __ATOMIC_RELAXED) };
}

/* Waits for the last instructions of a thread that is past its end of life, and learns what it left. */
void
tl_record_reap(struct tl_record *record)
{
	uint32_t zero = 0;
	void *result = NULL;

	if (!__atomic_compare_exchange_n(&record->reaped, &zero, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		while (__atomic_load_n(&record->reaped, __ATOMIC_ACQUIRE) != 2)
			sched_yield();		/* another is at it */
		return;
	}
	pthread_join(record->thread, &result);
	if (!record->told) {
		record->result = result;
		record->how = result == PTHREAD_CANCELED ? TL_HOW_CANCELLED : TL_HOW_EXIT;
	}
	__atomic_store_n(&record->reaped, 2, __ATOMIC_RELEASE);
	if (!record->referenced)
		__atomic_sub_fetch(&tl_zombies, 1, __ATOMIC_RELAXED);
}

/* The guard held: one that ended, that nobody will ask about, and that nobody has reaped. */
static struct tl_record *
find_zombie(void)
{
	for (struct tl_record *record = tl_records; record != NULL; record = record->next)
		if (!record->referenced && tl_record_state(record) == TL_RECORD_ENDED
		    && __atomic_load_n(&record->reaped, __ATOMIC_ACQUIRE) == 0) {
			record->pins++;
			return record;
		}
	return NULL;
}

void
tl_records_sweep(void)
{
	struct tl_record *record;

	while (__atomic_load_n(&tl_zombies, __ATOMIC_RELAXED) > 0) {
		tl_guard(&tl_registry);
		record = find_zombie();
		tl_unguard(&tl_registry);
		if (record == NULL)
			return;
		tl_record_reap(record);
		tl_record_unpin(record);
	}
}

/* In a forked child, the guard held: all but this one are gone. */
void
tl_records_forked(struct tl_record *self)
{
	struct tl_record *record, *next;

	tl_main_record = self;
	__atomic_store_n(&tl_zombies, 0, __ATOMIC_RELAXED);
	for (record = tl_records; record != NULL; record = next) {
		next = record->next;
		record->pins = 0;
		record->main = false;
		record->writer = NULL;
		if (record == self || tl_record_state(record) == TL_RECORD_INITIAL)
			continue;
		if (tl_record_state(record) != TL_RECORD_ENDED)
			record->how = TL_HOW_LOST;
		record->told = true;
		record->reaped = 2;
		__atomic_store_n(&record->state, TL_RECORD_ENDED, __ATOMIC_RELAXED);
		tl_record_drop(record);
	}
}
