/* rows.c - see rows.h. */
#include "config.h"

#include "export/rows.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "view/view.h"

const struct row_flag row_flags[] = {
	{ "waited", TL_F_WAITED }, { "try", TL_F_TRY }, { "timed", TL_F_TIMED }, { "for-condition", TL_F_FOR_COND },
	{ "owner-died", TL_F_OWNER_DIED }, { "foreign", TL_F_FOREIGN }, { "daemon", TL_F_DAEMON }, { NULL, 0 },
};

enum role { ROLE_WAIT, ROLE_TAKE, ROLE_GIVE, ROLE_NOTE };

static const struct kind {
	const char *name, *value;
	enum tl_class class;
	enum role role;
} kinds[TL_NKINDS] = {
#define KIND(name, class, role, becomes, value, ...) { #name, value, TL_CLASS_##class, ROLE_##role },
#include "wire/kinds.def"
#undef KIND
};

static const char *const object_kinds[TL_NOBJECT_KINDS] = {
	[TL_OBJECT_THREAD] = "thread", [TL_OBJECT_LOCK] = "lock", [TL_OBJECT_RLOCK] = "rlock",
	[TL_OBJECT_MUTEX] = "mutex", [TL_OBJECT_SPINLOCK] = "spinlock", [TL_OBJECT_RWLOCK] = "rwlock",
	[TL_OBJECT_CONDITION] = "condition", [TL_OBJECT_EVENT] = "event", [TL_OBJECT_BARRIER] = "barrier",
	[TL_OBJECT_SEMAPHORE] = "semaphore", [TL_OBJECT_BOUNDED_SEMAPHORE] = "bounded-semaphore",
	[TL_OBJECT_LOCAL] = "local",
};

/* Of an object of which only the class is known. */
static const char *const classes[TL_NCLASSES] = {
	[TL_CLASS_NONE] = "unknown", [TL_CLASS_THREAD] = "thread", [TL_CLASS_LOCK] = "lock", [TL_CLASS_RWLOCK] = "rwlock",
	[TL_CLASS_CONDITION] = "condition", [TL_CLASS_EVENT] = "event", [TL_CLASS_BARRIER] = "barrier",
	[TL_CLASS_SEMAPHORE] = "semaphore", [TL_CLASS_LOCAL] = "local",
};

/* The name of a kind in small letters, with dashes. */
static void
name_kind(char *to, size_t size, const char *name)
{
	size_t i;

	for (i = 0; i + 1 < size && name[i] != '\0'; i++)
		to[i] = name[i] == '_' ? '-' : tolower((unsigned char)name[i]);
	to[i] = '\0';
}

static void
find_object(const struct model *model, const struct model_event *event, struct row *row)
{
	const struct model_thread *thread;
	const struct model_object *object;

	if (event->object == 0)
		return;
	if (kinds[event->kind].class == TL_CLASS_THREAD) {
		thread = model_thread(model, event->object);
		row->object_kind = object_kinds[TL_OBJECT_THREAD];
		row->object_name = thread ? thread->name : NULL;
		row->object = event->object;
		return;
	}
	object = model_object(model, event->object);
	if (object == NULL)
		return;
	row->object = event->object;
	row->object_name = object->name;
	row->object_kind = object->is < TL_NOBJECT_KINDS ? object_kinds[object->is] : NULL;
	if (row->object_kind == NULL)
		row->object_kind = classes[object->class < TL_NCLASSES ? object->class : TL_CLASS_NONE];
}

/* What the value says, where it says anything: a timeout only of a wait that has one, ns of a sleep, -1 for all. */
static void
find_value(const struct model_event *event, struct row *row)
{
	const struct kind *kind = &kinds[event->kind];

	row->value = event->value;
	row->has_value = *kind->value != '\0';
	if (event->kind == TL_SLEEP || event->kind == TL_STALL) {
		row->value = event->raw_object;
		row->has_value = true;
	} else if (kind->role == ROLE_WAIT) {
		row->has_value = (event->flags & TL_F_TIMED) != 0;
	} else if (event->kind == TL_SEM_TAKE) {
		row->has_value = event->value != TL_UNKNOWN;
	} else if (event->kind == TL_BARRIER_ARRIVE) {
		row->has_value = event->value != 0;
	} else if (event->kind == TL_COND_NOTIFY && event->value == TL_ALL) {
		row->value = -1;
	}
}

static void
find_place(const struct model *model, uint64_t address, struct row *row)
{
	struct model_place place;

	row->place[0] = '\0';
	if (address == 0)
		return;
	if (!model_place(model, address, &place) || (*place.file == '\0' && *place.function == '\0'))
		snprintf(row->place, sizeof row->place, "0x%jx", (uintmax_t)address);
	else if (*place.file == '\0')
		snprintf(row->place, sizeof row->place, "%s", place.function);
	else
		snprintf(row->place, sizeof row->place, "%s:%u", place.file, place.line);
}

bool
row_of(const struct model *model, uint32_t number, struct row *row)
{
	const struct model_thread *thread;
	struct model_event event;

	if (!model_event(model, number, &event) || event.kind >= TL_NKINDS || event.kind == TL_TEXT)
		return false;
	memset(row, 0, offsetof(struct row, place));
	row->t = event.time;
	row->thread = event.thread;
	row->flags = event.flags;
	thread = model_thread(model, event.thread);
	row->name = thread ? thread->name : NULL;
	name_kind(row->kind, sizeof row->kind, kinds[event.kind].name);
	find_object(model, &event, row);
	find_value(&event, row);
	find_place(model, event.place, row);
	row->text[0] = '\0';
	sentence(model, number, row->text, sizeof row->text);
	return true;
}
