// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "kernel/kallsyms.h"

#define BASE GIB(16)

/* PAs of the tables. Names are read in pieces of 64 KiB. */
#define NAMES	    (BASE + MIB(32))
#define NAMES_SIZE  KIB(512)
#define COUNT	    (BASE + MIB(33))
#define TOKEN_TABLE (BASE + MIB(34))
#define TOKEN_INDEX (BASE + MIB(35))
#define OFFSETS	    (BASE + MIB(36))
#define RELATIVE    (BASE + MIB(37))

/* Symbols lie on both sides of the offsets, so some of these are negative. */
#define SYMBOLS	    (OFFSETS - MIB(1))
#define SYMBOL_STEP KIB(4)

/* 200 characters, so that the length of the name takes two bytes from 6.1 on. */
#define TEN   "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define LONG  FIFTY FIFTY FIFTY FIFTY

/* Tokens of several characters. Each other token is the character with its number. */
static const char *const words[] = { "T_s", "prevent_", "memory_", "remove_", "notifier", "te" };

enum form {
	FORM_BASE,  /* offsets from kallsyms_relative_base */
	FORM_PLACE, /* offsets from their own address */
};

struct fixture {
	struct fake_kernel kernel;
	struct fake_note note;
	enum form form;
	bool long_lengths;
	uint64_t names_end; /* PA */
	uint32_t count;
};

static void put(struct fixture *fixture, uint64_t pa, const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fake_page(&fixture->kernel.fake, pa + i)->bytes[(pa + i) % KIB(4)] =
			((const unsigned char *)bytes)[i];
}

static void put32(struct fixture *fixture, uint64_t pa, uint32_t value)
{
	value = htole32(value);
	put(fixture, pa, &value, sizeof(value));
}

static void put_tokens(struct fixture *fixture)
{
	uint16_t end = 0;

	for (uint16_t i = 0; i < 256; i++) {
		const uint16_t index = htole16(end);
		char token[16] = { i > ' ' && i < 0x7f ? (char)i : '\0' };

		if (i >= 1 && i <= COUNT_OF(words))
			snprintf(token, sizeof(token), "%s", words[i - 1]);
		put(fixture, TOKEN_INDEX + i * sizeof(index), &index, sizeof(index));
		put(fixture, TOKEN_TABLE + end, token, strlen(token) + 1);
		end = (uint16_t)(end + strlen(token) + 1);
	}
}

/* Write the tokens of @name, which begins with the symbol's type, to @tokens. */
static size_t compress(const char *name, unsigned char *tokens)
{
	size_t count = 0;

	while (*name) {
		size_t word = 0;

		while (word < COUNT_OF(words) &&
		       strncmp(name, words[word], strlen(words[word])) != 0)
			word++;
		if (word == COUNT_OF(words)) {
			tokens[count++] = (unsigned char)*name++;
			continue;
		}
		tokens[count++] = (unsigned char)(word + 1);
		name += strlen(words[word]);
	}
	return count;
}

static uint64_t symbol_va(const struct fixture *fixture, uint32_t index)
{
	return fake_linear(&fixture->kernel, SYMBOLS + index * SYMBOL_STEP);
}

static void put_length(struct fixture *fixture, size_t len)
{
	const unsigned char bytes[] = {
		(unsigned char)(len < 0x80 || !fixture->long_lengths ? len : 0x80 | len),
		(unsigned char)(len >> 7),
	};
	size_t size = fixture->long_lengths && len >= 0x80 ? 2 : 1;

	put(fixture, fixture->names_end, bytes, size);
	fixture->names_end += size;
}

/* Append the symbol @name, type first. Its address depends on its position in the order. */
static void add_symbol(struct fixture *fixture, const char *name)
{
	unsigned char tokens[1024];
	size_t len = compress(name, tokens);
	uint64_t place = OFFSETS + 4 * (uint64_t)fixture->count;
	uint64_t pa = SYMBOLS + fixture->count * SYMBOL_STEP;

	put_length(fixture, len);
	put(fixture, fixture->names_end, tokens, len);
	fixture->names_end += len;
	put32(fixture, place, (uint32_t)(pa - (fixture->form == FORM_BASE ? SYMBOLS : place)));
	put32(fixture, COUNT, ++fixture->count);
}

static void note_symbol(struct fixture *fixture, const char *key, uint64_t pa)
{
	fake_note_add(&fixture->note, key, "%llx",
		      (unsigned long long)fake_linear(&fixture->kernel, pa));
}

static void put_note(struct fixture *fixture)
{
	fixture->note.len = 0;
	note_symbol(fixture, "SYMBOL(_stext)", SYMBOLS);
	note_symbol(fixture, "SYMBOL(kallsyms_names)", NAMES);
	note_symbol(fixture, "SYMBOL(kallsyms_num_syms)", COUNT);
	note_symbol(fixture, "SYMBOL(kallsyms_token_table)", TOKEN_TABLE);
	note_symbol(fixture, "SYMBOL(kallsyms_token_index)", TOKEN_INDEX);
	note_symbol(fixture, "SYMBOL(kallsyms_offsets)", OFFSETS);
	if (fixture->form == FORM_BASE)
		note_symbol(fixture, "SYMBOL(kallsyms_relative_base)", RELATIVE);
}

/* Tables with one symbol, the one of the self test. */
static void set_up(struct fixture *fixture, enum form form, bool long_lengths)
{
	fake_kernel_init(&fixture->kernel, &fake_shapes[1], BASE);
	fixture->form = form;
	fixture->long_lengths = long_lengths;
	fixture->names_end = NAMES;
	fixture->count = 0;
	fixture->kernel.layout.version = (struct hr_release){
		.known = true,
		.major = long_lengths ? 6 : 5,
		.minor = long_lengths ? 1 : 15,
	};
	for (uint64_t at = 0; at < NAMES_SIZE; at += KIB(4))
		fake_page(&fixture->kernel.fake, NAMES + at);
	fake_write64(&fixture->kernel.fake, RELATIVE, fake_linear(&fixture->kernel, SYMBOLS));
	put_tokens(fixture);
	put_note(fixture);
	add_symbol(fixture, "T_stext");
}

static void tear_down(struct fixture *fixture)
{
	fake_kernel_release(&fixture->kernel);
}

static struct hr_error *find(struct fixture *fixture, struct hr_symbol *symbols, size_t count)
{
	struct hr_vmcoreinfo *note = NULL;
	struct hr_error *error;

	assert_success(hr_vmcoreinfo_create(fixture->note.text, fixture->note.len, &note));
	error = hr_kallsyms_find(&fixture->kernel.layout, note, &fixture->kernel.fake.memory,
				 symbols, count);
	hr_vmcoreinfo_destroy(note);
	return error;
}

/* The tables cannot be used, and the message contains @part. */
static void assert_useless(struct fixture *fixture, const char *part)
{
	struct hr_symbol symbols[] = { { .name = "_stext" } };

	assert_failure(find(fixture, symbols, COUNT_OF(symbols)), HR_ERROR_UNREADABLE, part);
}

static void assert_usable(struct fixture *fixture)
{
	struct hr_symbol symbols[] = { { .name = "_stext" } };

	assert_success(find(fixture, symbols, COUNT_OF(symbols)));
	assert_true(symbols[0].found);
	assert_int_equal(symbols[0].va, symbol_va(fixture, 0));
}

/* Both forms of offsets, both forms of lengths. */
static void symbols_are_found_with_their_addresses(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct hr_symbol symbols[] = {
			{ .name = "prevent_memory_remove_notifier" },
			{ .name = "_stext" },
			{ .name = LONG },
			{ .name = "last" },
		};
		static const uint32_t indexes[] = { 600, 0, 601, 602 };
		struct fixture fixture;

		set_up(&fixture, i & 1 ? FORM_PLACE : FORM_BASE, i & 2);
		for (unsigned int other = 1; other < 600; other++)
			add_symbol(&fixture, other % 2 ? "tother" : "dprevent_others");
		add_symbol(&fixture, "tprevent_memory_remove_notifier");
		add_symbol(&fixture, "d" LONG);
		add_symbol(&fixture, "Dlast");
		assert_success(find(&fixture, symbols, COUNT_OF(symbols)));
		for (size_t at = 0; at < COUNT_OF(symbols); at++) {
			assert_true(symbols[at].found);
			assert_int_equal(symbols[at].va, symbol_va(&fixture, indexes[at]));
		}
		tear_down(&fixture);
	}
}

static void unknown_release_has_long_lengths(void **state)
{
	struct hr_symbol symbols[] = { { .name = "_stext" }, { .name = "last" } };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_PLACE, true);
	fixture.kernel.layout.version.known = false;
	add_symbol(&fixture, "d" LONG);
	add_symbol(&fixture, "Dlast");
	assert_success(find(&fixture, symbols, COUNT_OF(symbols)));
	assert_true(symbols[1].found);
	assert_int_equal(symbols[1].va, symbol_va(&fixture, 2));
	tear_down(&fixture);
}

static void names_are_compared_whole(void **state)
{
	struct hr_symbol symbols[] = { { .name = "_stext" }, { .name = "notifier_te" } };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_BASE, true);
	add_symbol(&fixture, "T_stext_end");
	add_symbol(&fixture, "T_stex");
	add_symbol(&fixture, "tnotifier_t");
	add_symbol(&fixture, "tnotifier_test");
	add_symbol(&fixture, "tmy_notifier_te");
	add_symbol(&fixture, "notifier_te"); /* the first character is the type */
	assert_success(find(&fixture, symbols, COUNT_OF(symbols)));
	assert_true(symbols[0].found);
	assert_int_equal(symbols[0].va, symbol_va(&fixture, 0));
	assert_false(symbols[1].found);
	tear_down(&fixture);
}

static void as_many_symbols_as_allowed_are_found(void **state)
{
	struct hr_symbol symbols[HR_SYMBOLS_MAX];
	char names[HR_SYMBOLS_MAX][16];
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_PLACE, true);
	symbols[0] = (struct hr_symbol){ .name = "_stext" };
	for (uint32_t i = 1; i < HR_SYMBOLS_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "tname%u", i);
		symbols[i] = (struct hr_symbol){ .name = names[i] + 1 };
		add_symbol(&fixture, names[i]);
	}
	assert_success(find(&fixture, symbols, COUNT_OF(symbols)));
	for (uint32_t i = 0; i < HR_SYMBOLS_MAX; i++) {
		assert_true(symbols[i].found);
		assert_int_equal(symbols[i].va, symbol_va(&fixture, i));
	}
	tear_down(&fixture);
}

/* More names than fit in one read. */
static void names_over_several_reads_are_found(void **state)
{
	struct hr_symbol symbols[] = { { .name = "_stext" }, { .name = "last" } };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_PLACE, true);
	while (fixture.names_end < NAMES + KIB(200))
		add_symbol(&fixture, "d" LONG);
	add_symbol(&fixture, "Dlast");
	assert_success(find(&fixture, symbols, COUNT_OF(symbols)));
	assert_true(symbols[1].found);
	assert_int_equal(symbols[1].va, symbol_va(&fixture, fixture.count - 1));
	tear_down(&fixture);
}

static void tables_that_contradict_the_note_are_useless(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_BASE, true);
	fake_write64(&fixture.kernel.fake, RELATIVE,
		     fake_linear(&fixture.kernel, SYMBOLS) + KIB(4));
	assert_useless(&fixture, "contradicts VMCOREINFO");
	tear_down(&fixture);
}

static void tables_without_the_symbol_of_the_test_are_useless(void **state)
{
	struct hr_symbol symbols[] = { { .name = "_stext" }, { .name = "_etext" } };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_BASE, true);
	fixture.names_end = NAMES;
	fixture.count = 0;
	add_symbol(&fixture, "T_etext");
	assert_failure(find(&fixture, symbols, COUNT_OF(symbols)), HR_ERROR_UNREADABLE,
		       "contradicts VMCOREINFO");
	tear_down(&fixture);
}

static void self_test_goes_by_name_address_and_presence(void **state)
{
	static const struct {
		struct hr_symbol symbol;
		bool passes;
	} rows[] = {
		{ { "_stext", true, 0xffff800080010000 }, true },
		{ { "_stext", true, 0xffff800080010001 }, false },
		{ { "_stext", false, 0xffff800080010000 }, false },
		{ { "_text", true, 0xffff800080010000 }, false },
	};
	static const char text[] = "SYMBOL(_stext)=ffff800080010000\n";
	struct hr_vmcoreinfo *note = NULL;

	(void)state;
	assert_success(hr_vmcoreinfo_create(text, strlen(text), &note));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_error *error = hr_kallsyms_self_test(note, &rows[i].symbol, 1);

		if (rows[i].passes)
			assert_success(error);
		else
			assert_failure(error, HR_ERROR_UNREADABLE, "contradicts");
	}
	hr_vmcoreinfo_destroy(note);
}

static void absurd_counts_are_refused(void **state)
{
	static const uint32_t counts[] = { 0, (1 << 23) + 1, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		struct fixture fixture;

		set_up(&fixture, FORM_PLACE, true);
		put32(&fixture, COUNT, counts[i]);
		assert_useless(&fixture, "can be read");
		tear_down(&fixture);
	}
}

static void absurd_lengths_are_refused(void **state)
{
	static const size_t lengths[] = { 0, 513 };
	unsigned char longest[512];

	(void)state;
	memset(longest, 'd', sizeof(longest));
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		struct fixture fixture;

		set_up(&fixture, FORM_PLACE, true);
		put_length(&fixture, lengths[i]);
		put32(&fixture, COUNT, 2);
		assert_useless(&fixture, "from 1 to 512 are possible");
		fixture.names_end -= lengths[i] ? 2 : 1;
		put_length(&fixture, sizeof(longest));
		put(&fixture, fixture.names_end, longest, sizeof(longest));
		assert_usable(&fixture);
		tear_down(&fixture);
	}
}

/* Tokens are not empty, so every name ends, and so does the comparison with it. */
static void empty_tokens_are_refused(void **state)
{
	struct hr_symbol symbols[] = { { .name = "_stext" }, { .name = "last" } };
	static const unsigned char empty[] = { 'D', 0, 'l' };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_PLACE, true);
	put_length(&fixture, sizeof(empty));
	put(&fixture, fixture.names_end, empty, sizeof(empty));
	put32(&fixture, COUNT, 2);
	assert_failure(find(&fixture, symbols, COUNT_OF(symbols)), HR_ERROR_UNREADABLE,
		       "a name with an empty token");
	tear_down(&fixture);
}

/*
 * Which of them is meant is unknown, and reading as many addresses as there are names is avoided.
 */
static void name_of_several_symbols_is_not_found(void **state)
{
	struct hr_symbol symbols[] = { { .name = "_stext" }, { .name = "last" } };
	struct fixture fixture;
	uint64_t reads;

	(void)state;
	set_up(&fixture, FORM_PLACE, true);
	assert_success(find(&fixture, symbols, COUNT_OF(symbols)));
	reads = fixture.kernel.fake.reads;
	for (unsigned int i = 0; i < 1000; i++)
		add_symbol(&fixture, i % 2 ? "tlast" : "Dlast");
	assert_success(find(&fixture, symbols, COUNT_OF(symbols)));
	assert_true(symbols[0].found);
	assert_false(symbols[1].found);
	assert_int_equal(fixture.kernel.fake.reads, 2 * reads);
	tear_down(&fixture);
}

/* The same bytes may be shown at many addresses. */
static void names_larger_than_the_source_are_refused(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_PLACE, true);
	while (fixture.names_end < NAMES + KIB(400))
		add_symbol(&fixture, "d" LONG);
	assert_usable(&fixture);
	fixture.kernel.fake.memory.size = KIB(128);
	assert_useless(&fixture, "more than the limit of");
	tear_down(&fixture);
}

/* Only 16 KiB of tokens are read, so a token after them is in no name. */
static void tokens_beyond_the_limit_are_none(void **state)
{
	static const uint16_t places[] = { KIB(16) - sizeof("T_s"), KIB(16) };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		const uint16_t index = htole16(places[i]);
		struct fixture fixture;

		set_up(&fixture, FORM_PLACE, true);
		for (uint64_t at = 0; at <= KIB(16); at += KIB(4))
			fake_page(&fixture.kernel.fake, TOKEN_TABLE + at);
		put(&fixture, TOKEN_INDEX + sizeof(index), &index, sizeof(index));
		put(&fixture, TOKEN_TABLE + places[i], "T_s", sizeof("T_s"));
		if (places[i] < KIB(16))
			assert_usable(&fixture);
		else
			assert_useless(&fixture, "an empty token");
		tear_down(&fixture);
	}
}

static void each_key_is_needed(void **state)
{
	static const char *const keys[] = {
		"SYMBOL(kallsyms_names)",	"SYMBOL(kallsyms_num_syms)",
		"SYMBOL(kallsyms_token_table)", "SYMBOL(kallsyms_token_index)",
		"SYMBOL(kallsyms_offsets)",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		struct fixture fixture;

		set_up(&fixture, FORM_PLACE, true);
		assert_usable(&fixture);
		fake_note_drop(&fixture.note, keys[i]);
		assert_useless(&fixture, "does not lead to kallsyms");
		tear_down(&fixture);
	}
}

static void note_without_the_symbol_of_the_test_is_useless(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_PLACE, true);
	fake_note_drop(&fixture.note, "SYMBOL(_stext)");
	assert_useless(&fixture, "contradicts VMCOREINFO");
	tear_down(&fixture);
}

static void tags_are_not_part_of_an_address(void **state)
{
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture, FORM_BASE, true);
	va = fake_linear(&fixture.kernel, SYMBOLS) & (UINT64_MAX >> 8);
	fake_write64(&fixture.kernel.fake, RELATIVE, va | UINT64_C(0xf4) << 56);
	fake_note_drop(&fixture.note, "SYMBOL(_stext)");
	fake_note_add(&fixture.note, "SYMBOL(_stext)", "%llx",
		      (unsigned long long)(va | UINT64_C(0xf2) << 56));
	assert_usable(&fixture);
	tear_down(&fixture);
}

static void relative_base_that_is_no_number_is_useless(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_PLACE, true);
	fake_note_add(&fixture.note, "SYMBOL(kallsyms_relative_base)", "(null)");
	assert_useless(&fixture, "does not lead to kallsyms");
	tear_down(&fixture);
}

static void places_outside_the_kernel_are_useless(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, FORM_PLACE, true);
	fake_note_drop(&fixture.note, "SYMBOL(kallsyms_offsets)");
	fake_note_add(&fixture.note, "SYMBOL(kallsyms_offsets)", "1000");
	assert_useless(&fixture, "not an address of the kernel");
	tear_down(&fixture);
}

static void unreadable_pages_are_useless(void **state)
{
	static const uint64_t pages[] = {
		NAMES, COUNT, TOKEN_TABLE, TOKEN_INDEX, OFFSETS, RELATIVE
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		struct fixture fixture;

		set_up(&fixture, FORM_BASE, true);
		assert_usable(&fixture);
		fake_exclude(&fixture.kernel.fake, pages[i]);
		assert_useless(&fixture, "not in this fake");
		tear_down(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols_are_found_with_their_addresses),
		cmocka_unit_test(unknown_release_has_long_lengths),
		cmocka_unit_test(names_are_compared_whole),
		cmocka_unit_test(as_many_symbols_as_allowed_are_found),
		cmocka_unit_test(names_over_several_reads_are_found),
		cmocka_unit_test(tables_that_contradict_the_note_are_useless),
		cmocka_unit_test(tables_without_the_symbol_of_the_test_are_useless),
		cmocka_unit_test(self_test_goes_by_name_address_and_presence),
		cmocka_unit_test(absurd_counts_are_refused),
		cmocka_unit_test(absurd_lengths_are_refused),
		cmocka_unit_test(empty_tokens_are_refused),
		cmocka_unit_test(name_of_several_symbols_is_not_found),
		cmocka_unit_test(names_larger_than_the_source_are_refused),
		cmocka_unit_test(tokens_beyond_the_limit_are_none),
		cmocka_unit_test(each_key_is_needed),
		cmocka_unit_test(note_without_the_symbol_of_the_test_is_useless),
		cmocka_unit_test(tags_are_not_part_of_an_address),
		cmocka_unit_test(relative_base_that_is_no_number_is_useless),
		cmocka_unit_test(places_outside_the_kernel_are_useless),
		cmocka_unit_test(unreadable_pages_are_useless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
