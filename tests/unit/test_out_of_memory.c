// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Everything in the core that allocates, with the first, second, third ... allocation failing,
 * alone or with all later ones. Each time the code either reports that there is no memory, without
 * output or leaks, or does without that memory and gives the same answer.
 */
#include "fake.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "api/inventory.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "api/kernel.h"
#include "kernel/evidence.h"
#include "kernel/kallsyms.h"
#include "map/verify.h"
#include "ptdump/ptdump_geometry.h"
#include "ptdump/ptdump_tables.h"
#include "question.h"
#include "report/picture.h"
#include "run/watch.h"
#include "walk/lookup.h"
#include "walk/walk.h"
#include "walk/walker.h"

#define BASE  GIB(16)
#define HOT   GIB(32)
#define BLOCK MIB(128)

enum {
	ANSWER_SIZE = 512,
	MANY = 70, /* more elements than arrays hold initially and after growing once */
};

/*
 * One kernel for all tests, created before anything fails; and the same tables with some
 * differences.
 */
static struct fake_kernel kernel;
static struct fake text_memory;
static struct fake_tables text_tables;
static struct fake_note note;
static char text[16384]; /* of page tables */
static struct question question;

/* A PMD or 512 PTEs for every other 2 MiB, so that no two of them form one run. */
static void map_spots(struct fake_tables *tables, unsigned int step)
{
	for (unsigned int i = 0; i < MANY; i++)
		fake_map_range(tables, fake_linear(&kernel, HOT) + i * MIB(4), HOT + i * MIB(4),
			       MIB(2), i % step ? FAKE_PMD : FAKE_PTE);
}

static void add_text_line(uint64_t va, uint64_t size, const char *rest)
{
	size_t len = strlen(text);

	snprintf(text + len, sizeof(text) - len,
		 "0x%016" PRIx64 "-0x%016" PRIx64 " %" PRIu64 "K %s\n", va, va + size, size >> 10,
		 rest);
}

static void write_text(void)
{
	uint64_t va = kernel.layout.page_offset;

	snprintf(text, sizeof(text), "---[ Linear Mapping start ]---\n");
	for (unsigned int i = 0; i < MANY; i++) {
		add_text_line(va + i * MIB(4), MIB(2), "PMD RW NX SHD AF BLK UXN MEM/NORMAL");
		add_text_line(va + i * MIB(4) + MIB(2), MIB(2), "PMD");
	}
}

static int set_up(void **state)
{
	(void)state;
	fake_kernel_init(&kernel, &fake_shapes[1], BASE);
	fake_section(&kernel, BASE, 15);
	fake_map_linear(&kernel, BASE, BLOCK, FAKE_PMD);
	fake_map_vmemmap(&kernel, BASE, BLOCK, FAKE_PTE);
	fake_add_memory(&kernel, HOT, 40 * BLOCK, FAKE_PMD, FAKE_PMD);
	fake_init(&text_memory, 12);
	fake_tables_init(&text_tables, &text_memory, &kernel.layout.geo);
	map_spots(&text_tables, 2);
	fake_note_init(&note);
	write_text();
	question = (struct question){
		.layout = &kernel.layout,
		.memory = &kernel.fake.memory,
		.range = { HOT + 2 * BLOCK, HOT + 38 * BLOCK },
		.guard = HR_GUARD_REQUESTED,
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_release(&text_memory);
	fake_kernel_release(&kernel);
	return 0;
}

/* The operations. Each writes its answer, destroys what it has created and returns its error. */

static struct hr_error *read_note(char *answer)
{
	static const struct hr_overrides none;
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;
	struct hr_error *error = hr_vmcoreinfo_create(note.text, note.len, &info);
	struct hr_layout layout;

	if (!error)
		error = hr_layout_init(info, &none, &layout);
	else
		assert_null(info);
	if (!error)
		snprintf(answer, ANSWER_SIZE, "%" PRIx64, layout.vmemmap_start);
	return error;
}

static struct hr_error *look_up(char *answer)
{
	_cleanup_(hr_cleanup_walker) struct hr_walker *walker = NULL;
	struct hr_error *error = hr_walker_create(&kernel.layout.geo, &kernel.fake.memory,
						  kernel.layout.swapper_pa, &walker);
	struct hr_lookup found;

	if (error) {
		assert_null(walker);
		return error;
	}
	hr_walk_lookup(walker, fake_linear(&kernel, HOT), &found);
	snprintf(answer, ANSWER_SIZE, "%d %" PRIx64, found.state, found.leaf.pa);
	return NULL;
}

static struct hr_error *read_section(char *answer)
{
	_cleanup_(hr_cleanup_sections) struct hr_sections *sections = NULL;
	struct hr_error *error = hr_sections_create(&kernel.layout, &kernel.fake.memory, &sections);
	uint64_t value;

	if (error) {
		assert_null(sections);
		return error;
	}
	error = hr_section_read(sections, HOT >> kernel.layout.section_size_bits, &value);
	snprintf(answer, ANSWER_SIZE, "%" PRIx64, value);
	return error;
}

/* This note does not lead to tables, which is an error with memory too. */
static struct hr_error *find_symbols(char *answer)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;
	struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS];
	struct hr_error *error = hr_vmcoreinfo_create(note.text, note.len, &info);

	hr_evidence_symbols(symbols);
	if (!error)
		error = hr_kallsyms_find(&kernel.layout, info, &kernel.fake.memory, symbols,
					 HR_EVIDENCE_SYMBOLS);
	snprintf(answer, ANSWER_SIZE, "%d", symbols[0].found);
	return error;
}

static struct hr_error *draw(char *answer)
{
	_cleanup_(hr_cleanup_picture) struct hr_picture *picture = NULL;
	struct hr_error *error = hr_picture_create(BLOCK, &picture);

	for (uint64_t i = 0; !error && i < MANY; i++)
		error = hr_picture_add(picture, i * BLOCK, BLOCK, HR_PICTURE_PMD);
	if (!error)
		snprintf(answer, ANSWER_SIZE, "%" PRIu64,
			 hr_picture_bytes(picture, HR_PICTURE_PMD));
	return error;
}

static void on_change(void *context, const char *key, const char *before, const char *after)
{
	char *answer = context;
	size_t len = strlen(answer);

	snprintf(answer + len, ANSWER_SIZE - len, "%s %s %s;", key, before ? before : "-",
		 after ? after : "-");
}

/* A round of many things. A thing whose new value is lost keeps its old one. */
static struct hr_error *put_round(struct hr_watch *watch, unsigned int count, const char *first)
{
	struct hr_error *error = hr_watch_put(watch, "0", "other");
	char key[16];

	for (unsigned int i = 1; !error && i < count; i++) {
		snprintf(key, sizeof(key), "%u", i);
		error = hr_watch_put(watch, key, "same");
	}
	return error ? error : hr_watch_put(watch, "0", first);
}

static struct hr_error *watch_rounds(char *answer)
{
	struct hr_watch *watch = NULL;
	struct hr_error *error = hr_watch_create(&watch);

	if (!error)
		error = put_round(watch, MANY, "one");
	if (!error) {
		hr_watch_end_round(watch, on_change, answer);
		error = put_round(watch, MANY - 1, "two");
	}
	if (!error)
		hr_watch_end_round(watch, on_change, answer);
	hr_watch_destroy(watch);
	return error;
}

static struct hr_error *on_difference(void *context, const struct hr_difference *difference)
{
	uint64_t *sum = context;

	*sum = *sum * 31 + (difference->va ^ difference->last);
	return NULL;
}

static struct hr_error *compare(char *answer)
{
	_cleanup_(hr_cleanup_walker) struct hr_walker *walker = NULL, *text_walker = NULL;
	struct hr_error *error = hr_walker_create(&kernel.layout.geo, &kernel.fake.memory,
						  kernel.layout.swapper_pa, &walker);
	uint64_t sum = 0, leaves = 1;
	bool cut;

	if (!error)
		error = hr_walker_create(&kernel.layout.geo, &text_memory.memory,
					 text_tables.root_pa, &text_walker);
	if (!error) {
		const struct hr_verify verify = {
			.geo = &kernel.layout.geo,
			.walker = walker,
			.text_walker = text_walker,
			.va_start = fake_linear(&kernel, HOT),
			.va_last = fake_linear(&kernel, HOT + GIB(1)) - 1,
			.difference = on_difference,
			.context = &sum,
		};

		error = hr_verify_map(&verify, &leaves, &cut);
	}
	if (!error)
		snprintf(answer, ANSWER_SIZE, "%" PRIu64 " %" PRIx64, leaves, sum);
	return error;
}

static struct hr_error *on_pair(void *context, const struct hr_part_pair *pair)
{
	uint64_t *sum = context;

	*sum = *sum * 31 + (pair->start ^ pair->last) + pair->one;
	return NULL;
}

/* What maps the memory of a kernel that is asked for nothing else. */
static struct hr_error *take_inventory(char *answer)
{
	static const struct hr_parts none;
	_cleanup_(hr_cleanup_walker) struct hr_walker *walker = NULL;
	struct hr_inventory *inventory = NULL;
	struct hr_kernel whole = { .layout = kernel.layout, .has_phys_offset = true };
	struct hr_error *error = hr_walker_create(&kernel.layout.geo, &text_memory.memory,
						  text_tables.root_pa, &walker);
	uint64_t sum = 0;

	whole.walker = walker;
	if (!error)
		error = hr_inventory_create(&whole, false, &inventory);
	if (!error)
		error = hr_parts_pair(&inventory->leaves[HR_MAP_LINEAR], &none, on_pair, &sum);
	if (!error)
		snprintf(answer, ANSWER_SIZE, "%zu %" PRIx64,
			 inventory->leaves[HR_MAP_LINEAR].count, sum);
	hr_inventory_destroy(inventory);
	return error;
}

static struct hr_error *parse_text(char *answer)
{
	static const struct hr_overrides overrides = {
		.set[HR_OVERRIDE_VMEMMAP_START] = true,
		.value[HR_OVERRIDE_VMEMMAP_START] = 0xfffffdffc0000000,
		.set[HR_OVERRIDE_PAGE_SIZE] = true,
		.value[HR_OVERRIDE_PAGE_SIZE] = 4096,
	};
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump = NULL;
	_cleanup_(hr_cleanup_ptdump_tables) struct hr_ptdump_tables *tables = NULL;
	struct hr_error *error = hr_ptdump_parse(text, strlen(text), &ptdump);
	struct hr_ptdump_facts facts;

	if (!error)
		error = hr_ptdump_deduce(ptdump, &overrides, &facts);
	if (!error)
		error = hr_ptdump_tables_create(ptdump, &kernel.layout, &tables);
	if (!error)
		snprintf(answer, ANSWER_SIZE, "%zu %u", ptdump->count, facts.geo.va_bits);
	return error;
}

static struct hr_error *ask(char *answer)
{
	struct said said;
	struct hr_error *error = question_ask(&question, &said);

	if (!error)
		snprintf(answer, ANSWER_SIZE, "%s %x %" PRIu64, hr_verdict_name(said.verdict),
			 said.codes, said.tlbi);
	return error;
}

static struct hr_error *suggest(char *answer)
{
	struct hr_suggestions found;
	struct hr_error *error = question_suggest(&question, &found);

	if (!error)
		snprintf(answer, ANSWER_SIZE, "%zu %d %" PRIx64, found.count, found.unread,
			 found.largest.end);
	hr_suggestions_release(&found);
	return error;
}

/* The error of an operation, if any, and its answer. */
struct outcome {
	bool has_error;
	enum hr_error_code code;
	char answer[ANSWER_SIZE];
};

static void do_it(struct hr_error *(*doing)(char *answer), struct outcome *ret)
{
	struct hr_error *error;

	memset(ret, 0, sizeof(*ret));
	error = doing(ret->answer);
	ret->has_error = error;
	ret->code = error ? error->code : 0;
	hr_error_destroy(error);
}

/* Run an operation with each of its allocations failing in turn. Returns their number. */
static uint64_t run_out(struct hr_error *(*doing)(char *answer), bool for_ever)
{
	struct outcome whole, outcome;
	bool failed = true;
	uint64_t nth = 0;

	do_it(doing, &whole);
	for (; failed; nth++) {
		size_t left;

		allocations_begin(nth, for_ever);
		do_it(doing, &outcome);
		failed = allocations_end(&left);
		assert_int_equal(left, 0);
		if (failed && outcome.has_error && outcome.code == HR_ERROR_NO_MEMORY)
			continue;
		assert_int_equal(outcome.has_error, whole.has_error);
		assert_int_equal(outcome.code, whole.code);
		assert_string_equal(outcome.answer, whole.answer);
	}
	return nth - 1;
}

static void all_of_it_runs_out(struct hr_error *(*doing)(char *answer))
{
	assert_true(run_out(doing, false) > 0);
	assert_true(run_out(doing, true) > 0);
}

static void each_doing_fails_or_does_without(void **state)
{
	static struct hr_error *(*const doings[])(char *answer) = {
		read_note, look_up,    read_section, find_symbols, draw,	   watch_rounds,
		compare,   parse_text, ask,	     suggest,	   take_inventory,
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(doings); i++)
		all_of_it_runs_out(doings[i]);
}

/* Reading ahead, and reading live memory twice, need extra memory. */
static void the_walk_does_without_reading_ahead(void **state)
{
	const struct hr_memory plain = kernel.fake.memory;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		kernel.fake.memory.live = i & 1;
		if (i & 2)
			fake_reads_meanwhile(&kernel.fake);
		else
			fake_reads_ahead(&kernel.fake);
		all_of_it_runs_out(ask);
		all_of_it_runs_out(suggest);
		kernel.fake.memory = plain;
	}
}

/* A problem is still a problem if there is no memory to describe it. */
static void no_reason_is_lost(void **state)
{
	static const uint64_t values[] = { 0, 1, 15, 0xffff800000000007, 0x1001 };
	uint64_t pa = HOT + 8 * BLOCK;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		fake_section_raw(&kernel, pa, values[i]);
		all_of_it_runs_out(ask);
	}
	fake_section(&kernel, pa, 7);
	question.without_sections = true;
	all_of_it_runs_out(ask);
	question.without_sections = false;
}

static void an_error_without_memory_is_that_error(void **state)
{
	(void)state;
	for (uint64_t nth = 0; nth < 16; nth++) {
		struct hr_error *error;
		size_t left;

		allocations_begin(nth / 2, nth % 2);
		error = hr_error_errno(ENOENT, "no %s", "file");
		error = hr_error_context(error, "reading");
		if (error->code != HR_ERROR_NO_MEMORY) {
			assert_int_equal(error->code, HR_ERROR_OS);
			assert_non_null(strstr(error->message, "no file: No such file"));
		}
		hr_error_destroy(error);
		error = hr_error_new(HR_ERROR_INPUT, "%d", 7);
		if (error->code != HR_ERROR_NO_MEMORY)
			assert_string_equal(error->message, "7");
		hr_error_destroy(error);
		allocations_end(&left);
		assert_int_equal(left, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_doing_fails_or_does_without),
		cmocka_unit_test(the_walk_does_without_reading_ahead),
		cmocka_unit_test(no_reason_is_lost),
		cmocka_unit_test(an_error_without_memory_is_that_error),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
