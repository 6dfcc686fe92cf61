/* news.h - items of news as lines of text, so that tests compare what they can show. */
#ifndef TESTS_NEWS_H
#define TESTS_NEWS_H

#include <stdio.h>

#include "base/news.h"
#include "source/source.h"

/* Every field of an item, in one line without its end. */
void news_print(FILE *, const struct news *);

/* All that a source tells, a line an item, and its outcome: the caller frees it. Closes the source. */
char *news_all(struct source *, enum source_outcome *, struct reason *);

#endif
