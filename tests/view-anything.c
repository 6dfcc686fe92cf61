/*
 * view-anything.c - whatever a program does and whatever is pressed, at any size: nothing crashes, and every cell holds
 * one printable character. Random events (hostile names and nonsense included) and random actions, from fixed seeds.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/view.h"

#define RUNS    60
#define EVENTS  400
#define PAINTS  40

static uint64_t state;

static uint32_t
any(uint32_t below)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return below > 0 ? (uint32_t)(state >> 33) % below : 0;
}

static const char *const names[] = {
	"alice", "", "\033[2J\007", "\xe5\x90\x8d\xe5\x89\x8d", "e\xcc\x81t\xc3\xa9",
	"a very long name, longer than all", "\xff\xfe\xc0", "%s%n", ("\xe2\x80\xae" "evil"), "x",
};

static void
any_news(struct model *m, int64_t t)
{
	struct news news = { .what = NEWS_EVENT, .thread = 1 + any(12), .time = t };

	switch (any(40)) {
	case 0:
		news.what = NEWS_NAME;
		news.name.text = names[any(sizeof names / sizeof *names)];
		news.name.object = any(20);
		news.name.other = any(20);
		news.name.value = any(4);
		news.name.is = (uint8_t)any(TL_NOBJECT_KINDS);
		break;
	case 1:
		news.what = NEWS_GAP;
		news.gap.lost = any(100);
		break;
	case 2:
		news.what = NEWS_LOOK;
		news.look.held = (uint8_t)any(2);
		news.look.kind = (uint8_t)any(TL_NKINDS);
		news.look.object = any(20);
		news.look.place = any(8);
		news.look.elsewhere = any(2) ? "futex" : NULL;
		break;
	case 3:
		news.what = NEWS_CLOCK;
		news.clock.rate = any(2) ? 0 : 65536 / (1 + any(4));
		news.clock.real = t;
		break;
	case 4:
		news.what = NEWS_PLACE;
		news.place.address = any(8);
		news.place.function = names[any(10)];
		news.place.file = any(3) ? "bank.c" : names[any(10)];
		news.place.line = any(100000);
		break;
	case 5:
		news.what = NEWS_SOURCE;
		news.source.file = "bank.c";
		news.source.text = names[any(10)];
		news.source.line = any(100);
		break;
	default:
		news.event.kind = (uint8_t)any(TL_NKINDS);
		news.event.object = any(20);
		news.event.place = any(8);
		news.event.value = any(5) ? any(4) : UINT32_MAX - any(2);
		news.event.flags = (uint8_t)(any(3) ? 0 : any(256));
	}
	model_take(m, &news);
}

static bool
clean(const struct canvas *c, bool ascii)
{
	for (int i = 0; i < c->cols * c->rows; i++) {
		uint32_t rune = c->cells[i].rune;

		if (canvas_fit(rune) != rune || rune == 0 || (ascii && rune > 0x7e)) {
			printf("# U+%04X at row %d, column %d of %dx%d\n", rune, i / c->cols, i % c->cols, c->cols, c->rows);
			return false;
		}
	}
	return true;
}

static void
any_deed(struct view *v, const struct model *m, const struct canvas *c)
{
	switch (any(6)) {
	case 0:
		view_mouse(v, m, any(5), (int)any((uint32_t)c->rows + 2) - 1, (int)any((uint32_t)c->cols + 2) - 1);
		break;
	case 1:
		view_text(v, m, any(2) ? 'a' + any(26) : any(0x11000));
		break;
	case 2:
		view_look_at(v, m, any(4000) * INT64_C(1000000), any(3) ? (1 + any(1000000000)) * (any(4) ? 1 : INT64_C(10000)) : 0);
		break;
	default:
		view_act(v, m, any(NACTIONS), (int)any(20), -1, -1);
	}
}

static void
any_world(struct view_world *w, int64_t t)
{
	static const struct cell cells[] = { { 'h', 0 }, { '\033', 0xff }, { 0x540d, 1 }, { 0, 0 } };
	static const struct output_row rows[] = { { cells, 4 }, { cells, 0 }, { cells, 3 } };

	*w = (struct view_world){ .mode = any(4), .now = t, .playing = any(2), .speed = any(3) / 2.0, .watched = any(4) };
	w->output = rows;
	w->output_rows = (int)any(4);
	w->typing = any(10) == 0;
	w->typed = any(2) ? "typed" : NULL;
	w->notice = any(10) == 0 ? "a notice" : NULL;
	w->file = any(2) ? "/tmp/bank.lanes" : NULL;
}

static bool
run(uint64_t seed)
{
	struct model *m;
	struct view *v;
	struct canvas *c = canvas_new(1, 1);
	struct view_world w;
	enum glyph_tier tier;
	bool good = true;
	int64_t t = 0;

	state = seed;
	tier = any(3);
	m = model_new(any(3) ? 0 : 100000);
	v = view_new(tier);
	for (int i = 0; i < PAINTS && good; i++) {
		for (uint32_t events = any(EVENTS / PAINTS * 2); events > 0; events--)
			any_news(m, t += any(4) ? any(50000000) : any(1000));
		if (any(3) == 0)
			canvas_resize(c, (int)any(any(4) ? 200 : 400), (int)any(any(4) ? 60 : 100));
		any_world(&w, t);
		model_advance(m, t);
		view_paint(v, m, &w, c);
		good = clean(c, tier == GLYPHS_ASCII);
		any_deed(v, m, c);
	}
	view_free(v);
	model_free(m);
	canvas_free(c);
	return good;
}

int
main(void)
{
	int failed = 0;

	for (int i = 1; i <= RUNS; i++) {
		bool good = run((uint64_t)i * 7919);

		failed += !good;
		printf("%s %d - seed %d\n", good ? "ok" : "not ok", i, i);
	}
	printf("1..%d\n", RUNS);
	return failed > 0;
}
