/* names.c - which thread is behind an address, what it is called, and how hostile bytes are made harmless. */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>
#include <string.h>

#define LIBBSD_OPENBSD_VIS	/* which of two orders strnvis() has: unused here, but the header wants to know */
#include <vis.h>

#include "base/allocate.h"

static int
by_address(const struct identity *a, const struct identity *b)
{
	return a->address < b->address ? -1 : a->address > b->address;
}
TREE(identities, identity, by_address)

struct identity *
identity_of(struct model *m, uint64_t address)
{
	struct identity key = { .address = address }, *found = RB_FIND(identities, &m->identities, &key);

	if (found == NULL) {
		found = allocate(sizeof *found);
		found->address = address;
		RB_INSERT(identities, &m->identities, found);
	}
	return found;
}

/* The length of a printable UTF-8 character beyond ASCII at p, 0 if there is none. */
static size_t
letter(const unsigned char *p, size_t left)
{
	size_t n = p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : 0;
	uint32_t rune;

	if (n == 0 || n > left)
		return 0;
	rune = p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		rune = rune << 6 | (p[i] & 0x3f);
	}
	if (rune < 0xa0 || (rune >= 0x2028 && rune <= 0x202e) || (rune >= 0xd800 && rune <= 0xdfff) || rune > 0x10ffff ||
	    (n == 3 && rune < 0x800) || (n == 4 && rune < 0x10000))
		return 0;
	return n;
}

char *
clean(const char *bytes, size_t length)
{
	char *text = allocate(4 * length + 1), *end = text;
	size_t n;

	for (size_t i = 0; i < length; i += n) {
		n = letter((const unsigned char *)bytes + i, length - i);
		if (n > 0) {
			memcpy(end, bytes + i, n);
			end += n;
		} else {
			n = 1;
			end = vis(end, bytes[i], VIS_CSTYLE | VIS_TAB | VIS_NL | VIS_NOSLASH | VIS_OCTAL,
			    i + 1 < length ? bytes[i + 1] : 'x');
		}
	}
	*end = '\0';
	return text;
}

static void
thread_call(struct lane *lane, const char *name)
{
	free((char *)lane->told.name);
	lane->told.name = clean(name, strnlen(name, 250));
}

void
thread_describe(struct model *m, const struct news *n)
{
	struct identity *who = identity_of(m, n->name.object);
	struct lane *lane = who->thread ? lane_of(m, who->thread) : NULL;

	if (lane != NULL && lane->told.died == INT64_MAX) {
		thread_call(lane, n->name.text);
		return;
	}
	who->thread = 0;		/* the next thread at this address */
	free(who->name);
	who->name = duplicate(n->name.text);
}

void
thread_started(struct model *m, uint32_t thread, const struct record *r, uint64_t address)
{
	struct identity *who = identity_of(m, address);
	struct lane *lane = lane_of(m, thread);

	who->thread = thread;
	lane->known = true;
	lane->identity = address;
	lane->told.born = r->time;
	lane->told.native = r->value;
	lane->told.daemon = r->flags & TL_F_DAEMON;
	lane->told.foreign = r->flags & TL_F_FOREIGN;
	if (who->name != NULL && who->name[0] != '\0')
		thread_call(lane, who->name);
	free(who->name);
	who->name = NULL;
	if (who->creator != 0) {
		lane->told.creator = who->creator;
		if (who->create_record >= m->log.first)
			log_at(&m->log, who->create_record)->object = thread;
		wake_note(m, thread, who->creator, who->created, 0);
		who->creator = 0;
	}
}

/* While a created thread has not begun, it has no lane, but may have a name. */
const char *
identity_name(const struct model *m, uint32_t create_record)
{
	struct identity *who;

	RB_FOREACH(who, identities, (struct identities *)&m->identities)
		if (who->creator != 0 && who->create_record == create_record)
			return who->name;
	return NULL;
}

void
identities_free(struct model *m)
{
	struct identity *who, *next;

	RB_FOREACH_SAFE(who, identities, &m->identities, next) {
		RB_REMOVE(identities, &m->identities, who);
		free(who->name);
		free(who);
	}
}
