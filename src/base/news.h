/*
 * news.h - what a source tells, and what a model, a recording or an export is told.
 *
 * One item of news is one thing that happened, with the session time of its happening. The live segment, a recording
 * and a script all tell news in the same words, so whatever takes news works for all of them. Times never go back;
 * events are in true order. Pointers in an item belong to the source and are good until its next call.
 */
#ifndef BASE_NEWS_H
#define BASE_NEWS_H

#include <stddef.h>
#include <stdint.h>

enum news_what {
	NEWS_PROGRAM,	/* once, first: which program this is */
	NEWS_EVENT,	/* a thread did something: wire/kinds.def */
	NEWS_NAME,	/* an object is, from now on, called so */
	NEWS_PLACE,	/* an address is this function, file and line */
	NEWS_SOURCE,	/* a line of source text */
	NEWS_GAP,	/* events of a thread were lost */
	NEWS_LOOK,	/* how a thread looks from outside now: held at the gate, blocked in the kernel */
	NEWS_CLOCK,	/* the session clock was paused, resumed, slowed */
	NEWS_OUTPUT,	/* the program wrote this to its terminal */
	NEWS_EXIT,	/* a process ended */
};

/*
 * A thread is known by a small number, from 1 up, never used twice in a session; the main thread of the first process
 * is 1. An object is known by (process, address).
 */
struct news {
	enum news_what what;
	uint32_t thread;	/* EVENT, GAP, LOOK; NAME of a thread: its number, 0 if not known yet */
	int64_t time;		/* session time, ns since the session's start */
	union {
		struct {
			uint64_t object, place;
			uint32_t value;
			uint8_t kind, flags;
		} event;
		struct {
			const char *text;	/* terminated, as the program gave it: hostile */
			uint64_t object, other;	/* other: of a condition, its lock */
			uint32_t value;		/* permits, parties */
			uint8_t is;		/* enum tl_object_kind */
		} name;
		struct {
			uint64_t address;
			const char *function, *file;	/* "" if unknown */
			uint32_t line;			/* 0 if unknown */
		} place;
		struct {
			const char *file, *text;
			uint32_t line;
		} source;
		struct {
			uint64_t lost;
		} gap;
		struct {
			uint8_t held;			/* 1: stands at the gate, about to do next_* */
			uint8_t kind;
			uint64_t object, place;
			const char *elsewhere;		/* kernel's word for where it is blocked, or NULL */
		} look;
		struct {
			uint32_t rate;			/* of TL_RATE_ONE; 0 paused */
			int64_t real;			/* real ns since the session's start */
		} clock;
		struct {
			const char *bytes;
			size_t length;
		} output;
		struct {
			const char *command;		/* as typed, one line */
			int64_t start;			/* wall clock, ns since 1970 */
			int32_t pid;
		} program;
		struct {
			int32_t pid;
			int32_t status;			/* as of waitpid */
		} exit;
	};
};

#endif
