// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/snapshot_place.h"

static struct hr_snapshot snapshot;

static int tear_down(void **state)
{
	(void)state;
	hr_snapshot_release(&snapshot);
	return 0;
}

static bool parse(const char *text, struct hr_place *ret)
{
	char copy[256];

	strcpy(copy, text);
	return hr_snapshot_place_parse(copy, ret);
}

static struct hr_place place_of(const char *text)
{
	struct hr_place place;

	assert_true(parse(text, &place));
	return place;
}

/* The places as they are written; the caller frees it. */
static char *print(void)
{
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	assert_non_null(stream);
	hr_snapshot_print_places(&snapshot, stream);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void equal_neighbours_are_one_line(void **state)
{
	struct hr_place place = place_of("node1,Normal/Movable,dax0.0");
	struct hr_place other = place_of("node0,,");
	char *text;

	(void)state;
	assert_success(hr_snapshot_add_place(&snapshot, 40, &place));
	/* The state has lines of its own. */
	place.online = HR_YES;
	assert_success(hr_snapshot_add_place(&snapshot, 41, &place));
	assert_success(hr_snapshot_add_place(&snapshot, 43, &place));
	assert_success(hr_snapshot_add_place(&snapshot, 44, &other));
	text = print();
	assert_string_equal(text, "PLACE(0x28-0x29)=node1,Normal/Movable,dax0.0\n"
				  "PLACE(0x2b-0x2b)=node1,Normal/Movable,dax0.0\n"
				  "PLACE(0x2c-0x2c)=node0,,\n");
	free(text);
}

static void each_part_may_be_missing(void **state)
{
	static const char *const texts[] = { "node3,,", ",Movable,", ",,virtio1", "node0,none,x" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const struct hr_place place = place_of(texts[i]);
		char line[128], *text;

		assert_success(hr_snapshot_add_place(&snapshot, 0, &place));
		text = print();
		snprintf(line, sizeof(line), "PLACE(0x0-0x0)=%s\n", texts[i]);
		assert_string_equal(text, line);
		free(text);
		hr_snapshot_release(&snapshot);
	}
}

static void other_texts_are_not_places(void **state)
{
	static const char *const texts[] = {
		"",
		",",
		",,",
		"node1",
		"node1,Normal",
		"1,,",
		"node1,a b,",
		"node1,/,",
		"node1,N//M,",
		"node1,,a,b",
		"node1,,..",
		"node1,A/B/C/D/E,",
		"node9999,,",
	};
	struct hr_place place;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_false(parse(texts[i], &place));
}

static void a_block_has_the_place_of_its_line(void **state)
{
	static const char text[] = "SNAPSHOT=0x1\nROOM=0x1000\nSTATES=0x1\n"
				   "BLOCKS(0x28-0x28)=offline\n"
				   "PLACE(0x28-0x2f)=node1,Normal/Movable,dax0.0\n";
	struct hr_place place;

	(void)state;
	assert_success(hr_snapshot_parse(text, strlen(text), &snapshot));
	hr_snapshot_place(&snapshot, 0x28, &place);
	assert_int_equal(place.online, HR_NO);
	assert_string_equal(place.device, "dax0.0");
	hr_snapshot_place(&snapshot, 0x2f, &place);
	assert_int_equal(place.online, HR_UNKNOWN);
	assert_int_equal(place.node, 1);
	hr_snapshot_place(&snapshot, 0x30, &place);
	assert_int_equal(place.node, HR_NO_NODE);
}

static void places_of_a_note_are_in_order(void **state)
{
	static const char head[] = "SNAPSHOT=0x1\nROOM=0x1000\nPLACE(0x2-0x3)=node0,,\n";
	static const char *const lines[] = { "PLACE(0x3-0x4)=node0,,\n",
					     "PLACE(0x1-0x1)=node0,,\n" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		char text[256];

		snprintf(text, sizeof(text), "%s%s", head, lines[i]);
		assert_failure(hr_snapshot_parse(text, strlen(text), &snapshot), HR_ERROR_INPUT,
			       "not in ascending order");
		hr_snapshot_release(&snapshot);
	}
	assert_failure(hr_snapshot_parse("SNAPSHOT=0x1\nPLACE(0x1-0x1)=x\n", 32, &snapshot),
		       HR_ERROR_INPUT, "where memory blocks are");
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(equal_neighbours_are_one_line), TEST(each_part_may_be_missing),
		TEST(other_texts_are_not_places),    TEST(a_block_has_the_place_of_its_line),
		TEST(places_of_a_note_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
