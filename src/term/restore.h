/*
 * restore.h - the terminal given back as it was, by whatever way the program ends.
 */
#ifndef TERM_RESTORE_H
#define TERM_RESTORE_H

/* Remembers how the terminal is now, before curses changes it. */
void restore_prepare(int in, int out);
/* Crashes and exits from here on give the terminal back first. Needs terminfo set up. */
void restore_arm(void);
void restore_disarm(void);
/* Gives it back now, with nothing but system calls: safe in a signal handler. */
void restore_now(void);

#endif
