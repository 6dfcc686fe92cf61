/*
 * script.h - a story of threads written by hand: a source of news for tests and lessons.
 *
 *    program "./bank 40"                     # a comment
 *    thread alice
 *    lock A
 *    barrier gate 3
 *    condition full with A
 *    0.000 main begins
 *    0.100 main starts alice
 *    0.110 alice begins
 *    0.200 alice locks A at bank.c:38 in teller
 *    +30ms main waits A for 2s
 *    0.300 alice unlocks A at bank.c:40
 *    +1us  main locks A waited
 *    0.500 output "balance is 40\n"
 *    1.000 exit 0
 *
 * A line is one item: a time, then what happened. Words are separated by blanks; a word in quotes may hold blanks and
 * the escapes \n \r \t \e \\ \" \xHH. What follows a # at the beginning of a word is a comment.
 *
 * TIME is seconds since the start (0.1, 1.5s) or has a unit (250ms, 3us, 40ns); with a + it is the time since the line
 * before. Without one, the line happens at the time of the line before. Times never go back.
 *
 *    THREAD VERB [OBJECT] [VALUE] [for TIME] [FLAG...] [at FILE:LINE [in FUNCTION]]
 *
 * VERB is the name of a kind of event (kinds.def), in small letters with dashes: lock-take, sem-post, main-end; or one
 * of the shorter words of verbs.def, which may mean several kinds: then the object decides (alice waits A, alice waits
 * gate). Its final s may be left out. OBJECT is a name that was declared; one that was not is declared by a verb that
 * can mean only one class of object. THREAD is new when it is first mentioned; main is number 1, the others are
 * numbered from 2 up in the order they are first mentioned. VALUE is a number, or all, or unknown, and means what
 * kinds.def says; unsaid, it is the usual one (depth 1, one permit, notify one). "for 2s" says that a wait ends by itself
 * (TL_F_TIMED and its value). FLAG is waited, try, timed, for-condition, owner-died, foreign, daemon. Special operands:
 *
 *    THREAD sleeps TIME              THREAD stalls TIME          THREAD forks PID
 *    THREAD says "a line of text"    THREAD ends [return|exit|cancelled|program]
 *
 * An OBJECT 0x1234 or a place "at 0x1234" is that address, of which no name or place is told.
 *
 * What the viewer learns of a thread besides its events:
 *
 *    THREAD lost COUNT                            events were lost
 *    THREAD held VERB [OBJECT] [at FILE:LINE]     it stands at the gate, about to do that
 *    THREAD free                                  it does no longer
 *    THREAD elsewhere [WORD]                      it is blocked in the kernel; without a word, no longer
 *
 * Declarations, and news that belong to no thread:
 *
 *    program COMMAND [pid N] [start TIME]         first of all; start is seconds since 1970
 *    thread NAME                                  and for objects:
 *    lock | rlock | mutex | spinlock | rwlock | event | local NAME
 *    condition NAME [with LOCK]     barrier NAME PARTIES     semaphore | bounded-semaphore NAME PERMITS
 *       each may end in "unnamed" (the program gave no name) or "called TEXT" (it gave this one)
 *    name NAME TEXT                               the thread or object NAME is called TEXT from now on
 *    source FILE:LINE the text of the line, as it is
 *    output "text\n"                              the program wrote this to its terminal
 *    clock paused | clock RATE [real TIME]        RATE 1 is real time, 0.5 half of it
 *    exit STATUS [pid N] | exit signal NUMBER [pid N]
 *
 * The words that begin declarations cannot be names of threads, unless quoted.
 */
#ifndef SOURCE_SCRIPT_H
#define SOURCE_SCRIPT_H

#include "source/source.h"

/* The whole text is read and judged here: a reason names the line and the word. NULL if it is no good. */
struct source *script_open_text(const char *text, struct reason *);
struct source *script_open(const char *path, struct reason *);

#endif
