/*
 * local.c - local: a pointer of which every thread has its own.
 *
 * A local has a slot; a thread has an array of entries by slot, and an entry counts only if it carries the local's serial.
 * So looking up is two comparisons, and a new local in an old slot, or at an old address, finds nothing. A thread alone
 * reads and writes its own entries; the lock is for what another thread does to them: a local that is destroyed takes
 * its values out of all threads. Destructors are called without it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "threads/inside.h"

#define ROUNDS 4			/* destructors may set values anew, as those of pthread keys */

struct tl_local_entry {
	uint64_t serial;		/* atomic; 0: no value */
	void *value;
	void (*destructor)(void *);
};

static pthread_mutex_t all = PTHREAD_MUTEX_INITIALIZER;
static struct tl_self *threads;		/* those with entries */
static uint8_t *slots;			/* 1: in use */
static uint32_t slots_size;
static uint64_t last_serial;

void
tl_locals_lock(void)
{
	pthread_mutex_lock(&all);
}

void
tl_locals_unlock(void)
{
	pthread_mutex_unlock(&all);
}

/* In a forked child, locked: the other threads are gone, with what they had. */
void
tl_locals_forked(void)
{
	for (struct tl_self *self = threads, *next; self != NULL; self = next) {
		next = self->next;
		if (self != &tl_self)
			free(self->locals);
	}
	threads = tl_self.locals != NULL ? &tl_self : NULL;
	tl_self.next = tl_self.previous = NULL;
}

static struct tl_local_entry *
find(const struct tl_local *local)
{
	struct tl_local_entry *entry;

	if (local->slot >= tl_self.locals_size)
		return NULL;
	entry = &tl_self.locals[local->slot];
	return __atomic_load_n(&entry->serial, __ATOMIC_RELAXED) == local->serial ? entry : NULL;
}

/* Locked: the thread has room for a slot. */
static bool
grow(uint32_t slot)
{
	uint32_t size = tl_self.locals_size;
	struct tl_local_entry *more;

	if (slot < size)
		return true;
	size = size * 2 > slot + 8 ? size * 2 : slot + 8;
	more = realloc(tl_self.locals, size * sizeof(*more));
	if (more == NULL)
		return false;
	memset(more + tl_self.locals_size, 0, (size - tl_self.locals_size) * sizeof(*more));
	if (tl_self.locals == NULL) {
		tl_self.next = threads;
		tl_self.previous = NULL;
		if (threads != NULL)
			threads->previous = &tl_self;
		threads = &tl_self;
	}
	tl_self.locals = more;
	tl_self.locals_size = size;
	return true;
}

static bool
put(const struct tl_local *local, void *value, void (*destructor)(void *))
{
	bool room;

	tl_self_keep();
	tl_locals_lock();
	room = grow(local->slot);
	if (room) {
		struct tl_local_entry *entry = &tl_self.locals[local->slot];

		entry->value = value;
		entry->destructor = destructor;
		__atomic_store_n(&entry->serial, local->serial, __ATOMIC_RELAXED);
	}
	tl_locals_unlock();
	return room;
}

/* Locked: an entry of a thread that has a value and, of one local only if serial is not 0; emptied. */
static bool
take_out(struct tl_local_entry *entry, uint64_t serial, struct tl_local_entry *taken)
{
	if (entry->serial == 0 || (serial != 0 && entry->serial != serial))
		return false;
	*taken = *entry;
	__atomic_store_n(&entry->serial, 0, __ATOMIC_RELAXED);
	return true;
}

static bool
take_any_of_mine(struct tl_local_entry *taken)
{
	bool found = false;

	tl_locals_lock();
	for (uint32_t i = 0; i < tl_self.locals_size && !found; i++)
		found = take_out(&tl_self.locals[i], 0, taken);
	tl_locals_unlock();
	return found;
}

static bool
take_any_of(const struct tl_local *local, struct tl_local_entry *taken)
{
	bool found = false;

	tl_locals_lock();
	for (struct tl_self *self = threads; self != NULL && !found; self = self->next)
		found = local->slot < self->locals_size && take_out(&self->locals[local->slot], local->serial, taken);
	tl_locals_unlock();
	return found;
}

void
tl_locals_end(void)
{
	struct tl_local_entry entry;

	if (tl_self.locals == NULL)
		return;
	for (uint32_t left = tl_self.locals_size * ROUNDS; left > 0 && take_any_of_mine(&entry); left--)
		if (entry.destructor != NULL)
			entry.destructor(entry.value);
	tl_locals_lock();
	*(tl_self.previous != NULL ? &tl_self.previous->next : &threads) = tl_self.next;
	if (tl_self.next != NULL)
		tl_self.next->previous = tl_self.previous;
	free(tl_self.locals);
	tl_self.locals = NULL;
	tl_self.locals_size = 0;
	tl_locals_unlock();
}

/* Locked: a slot nobody uses. False: no memory. */
static bool
slot_new(uint32_t *slot)
{
	const uint8_t *unused = slots_size > 0 ? memchr(slots, 0, slots_size) : NULL;

	if (unused == NULL) {
		uint8_t *more = realloc(slots, slots_size + 64);

		if (more == NULL)
			return false;
		memset(more + slots_size, 0, 64);
		unused = more + slots_size;
		slots = more;
		slots_size += 64;
	}
	*slot = (uint32_t)(unused - slots);
	slots[*slot] = 1;
	return true;
}

int
tl_local_init(struct tl_local *local, const char *name)
{
	bool room;

	*local = (struct tl_local){ .magic = TL_MAGIC_LOCAL };
	tl_locals_lock();
	room = slot_new(&local->slot);
	local->serial = ++last_serial;
	tl_locals_unlock();
	if (!room) {
		local->magic = 0;
		return TL_E_MEMORY;
	}
	tl_name_keep(local->name, name);
	tl_name_object(&(struct tl_naming){ .object = tl_identity(local), .is = TL_OBJECT_LOCAL, .text = name });
	return TL_OK;
}

int
tl_local_set_destructor(struct tl_local *local, void (*destructor)(void *))
{
	struct tl_call call = TL_CALL(local);

	if (local->magic != TL_MAGIC_LOCAL)
		return tl_misuse(TL_E_DEAD, &call);
	local->destructor = destructor;
	return TL_OK;
}

int
tl_local_set_initialiser(struct tl_local *local, void *(*initialiser)(void *), void *argument)
{
	struct tl_call call = TL_CALL(local);

	if (local->magic != TL_MAGIC_LOCAL)
		return tl_misuse(TL_E_DEAD, &call);
	local->initialiser = initialiser;
	local->argument = argument;
	local->has_default = false;
	return TL_OK;
}

int
tl_local_set_default(struct tl_local *local, void *value)
{
	struct tl_call call = TL_CALL(local);

	if (local->magic != TL_MAGIC_LOCAL)
		return tl_misuse(TL_E_DEAD, &call);
	local->initialiser = NULL;
	local->argument = value;
	local->has_default = true;
	return TL_OK;
}

int
tl_local_destroy(struct tl_local *local)
{
	struct tl_call call = TL_CALL(local);
	struct tl_local_entry entry;

	if (local->magic != TL_MAGIC_LOCAL)
		return tl_misuse(TL_E_DEAD, &call);
	tl_emit(TL_OBJECT_DESTROY, 0, call.object, 0, call.place);
	local->magic = 0;
	while (take_any_of(local, &entry))
		if (entry.destructor != NULL)
			entry.destructor(entry.value);
	tl_locals_lock();
	slots[local->slot] = 0;
	tl_locals_unlock();
	return TL_OK;
}

/* A value of a local that was deleted stays deleted: the entry then says so with an odd place for its destructor. */
static void
deleted(void *value)
{
	(void)value;
}

int
tl_local_get(struct tl_local *local, void **value)
{
	struct tl_call call = TL_CALL(local);
	struct tl_local_entry *entry;
	void *made;

	if (local->magic != TL_MAGIC_LOCAL)
		return tl_misuse(TL_E_DEAD, &call);
	entry = find(local);
	if (entry != NULL && entry->destructor != deleted) {
		*value = entry->value;
		return TL_OK;
	}
	if (local->has_default) {
		*value = local->argument;
		return TL_OK;
	}
	if (entry != NULL || local->initialiser == NULL)
		return TL_E_NO_VALUE;
	made = local->initialiser(local->argument);
	if (!put(local, made, local->destructor))
		return TL_E_MEMORY;
	*value = made;
	return TL_OK;
}

int
tl_local_set(struct tl_local *local, void *value)
{
	struct tl_call call = TL_CALL(local);

	if (local->magic != TL_MAGIC_LOCAL)
		return tl_misuse(TL_E_DEAD, &call);
	tl_gate(TL_LOCAL_SET, call.object, call.place);
	if (!put(local, value, local->destructor))
		return TL_E_MEMORY;
	tl_emit(TL_LOCAL_SET, 0, call.object, 0, call.place);
	return TL_OK;
}

int
tl_local_delete(struct tl_local *local)
{
	struct tl_call call = TL_CALL(local);
	const struct tl_local_entry *entry;

	if (local->magic != TL_MAGIC_LOCAL)
		return tl_misuse(TL_E_DEAD, &call);
	tl_gate(TL_LOCAL_DELETE, call.object, call.place);
	entry = find(local);
	if (entry == NULL || entry->destructor == deleted)
		return TL_E_NO_VALUE;
	put(local, NULL, deleted);
	tl_emit(TL_LOCAL_DELETE, 0, call.object, 0, call.place);
	return TL_OK;
}
