/*
 * allocate.h - memory that is there. Out of memory the viewer says so and ends (status 125); callers never see NULL.
 * The traced program is not touched by that: it goes on without a viewer.
 */
#ifndef BASE_ALLOCATE_H
#define BASE_ALLOCATE_H

#include <stddef.h>

void *allocate(size_t size);				/* zeroed */
void *reallocate(void *old, size_t count, size_t size);	/* count * size, checked; what is new is not zeroed */
char *duplicate(const char *text);

/* Makes room for one more element in a growing array: GROW(array, count, room). */
#define GROW(array, count, room)                                                                   \
	do {                                                                                       \
		if ((count) == (room)) {                                                           \
			(room) = (room) ? 2 * (room) : 16;                                         \
			(array) = reallocate((array), (room), sizeof *(array));                    \
		}                                                                                  \
	} while (0)

#endif
