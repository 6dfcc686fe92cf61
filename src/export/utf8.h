/* utf8.h - a character as UTF-8. */
#ifndef EXPORT_UTF8_H
#define EXPORT_UTF8_H

#include <stdint.h>
#include <stdio.h>

static inline void
utf8_put(FILE *out, uint32_t rune)
{
	if (rune < 0x80) {
		putc_unlocked(rune, out);
		return;
	}
	if (rune < 0x800) {
		putc_unlocked(0xc0 | rune >> 6, out);
	} else {
		if (rune < 0x10000) {
			putc_unlocked(0xe0 | rune >> 12, out);
		} else {
			putc_unlocked(0xf0 | rune >> 18, out);
			putc_unlocked(0x80 | (rune >> 12 & 63), out);
		}
		putc_unlocked(0x80 | (rune >> 6 & 63), out);
	}
	putc_unlocked(0x80 | (rune & 63), out);
}

#endif
