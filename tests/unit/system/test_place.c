// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "system/place.h"

static struct hr_place parsed(struct hr_block_text text)
{
	struct hr_place place;

	hr_place_parse(&text, &place);
	return place;
}

static void a_state_is_online_or_offline_or_unknown(void **state)
{
	static const struct {
		const char *text;
		enum hr_tristate online;
	} rows[] = {
		{ "online\n", HR_YES },
		{ "offline\n", HR_NO },
		{ "going-offline\n", HR_UNKNOWN },
		{ "online\nonline", HR_UNKNOWN },
		{ "online", HR_UNKNOWN },
		{ "", HR_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_block_text text = { .node = "" };

		strcpy(text.state, rows[i].text);
		assert_int_equal(parsed(text).online, rows[i].online);
	}
}

static void a_node_is_a_number_below_the_limit(void **state)
{
	static const struct {
		const char *text;
		int node;
	} rows[] = {
		{ "node0", 0 },
		{ "node1023", 1023 },
		{ "node1024", HR_NO_NODE },
		{ "node", HR_NO_NODE },
		{ "node-1", HR_NO_NODE },
		{ "node1x", HR_NO_NODE },
		{ "node99999", HR_NO_NODE },
		{ "edon1", HR_NO_NODE },
		{ "", HR_NO_NODE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_block_text text = { .state = "" };

		strcpy(text.node, rows[i].text);
		assert_int_equal(parsed(text).node, rows[i].node);
	}
}

static void zones_are_words_in_their_order(void **state)
{
	const struct hr_place place = parsed((struct hr_block_text){ .zones = "Normal Movable\n" });

	(void)state;
	assert_int_equal(place.zone_count, 2);
	assert_string_equal(place.zones[0], "Normal");
	assert_string_equal(place.zones[1], "Movable");
}

/* Half of it could be taken for all of it. */
static void of_other_zones_nothing_counts(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"Normal  Movable\n",
		"Normal <b>\n",
		"AZoneWithSuchALongName\n",
		"A B C D E\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct hr_block_text text = { .state = "" };
		const struct hr_place unknown = HR_PLACE_UNKNOWN;
		struct hr_place place;

		strcpy(text.zones, texts[i]);
		place = parsed(text);
		assert_int_equal(place.zone_count, 0);
		assert_true(hr_place_equals(&place, &unknown));
		assert_false(hr_place_is_known(&place));
	}
}

static void a_device_is_a_name(void **state)
{
	(void)state;
	assert_string_equal(parsed((struct hr_block_text){ .device = "PNP0C80:01" }).device,
			    "PNP0C80:01");
	assert_string_equal(parsed((struct hr_block_text){ .device = "../x" }).device, "");
	assert_string_equal(parsed((struct hr_block_text){ .device = "a b" }).device, "");
}

static void places_differ_in_node_zones_or_device(void **state)
{
	static const struct hr_block_text texts[] = {
		{ .node = "node1" },	  { .node = "node2" },
		{ .zones = "Movable\n" }, { .zones = "Movable Normal\n" },
		{ .device = "dax0.0" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		for (size_t j = 0; j < COUNT_OF(texts); j++) {
			const struct hr_place one = parsed(texts[i]), other = parsed(texts[j]);

			assert_int_equal(hr_place_equals(&one, &other), i == j);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_is_online_or_offline_or_unknown),
		cmocka_unit_test(a_node_is_a_number_below_the_limit),
		cmocka_unit_test(zones_are_words_in_their_order),
		cmocka_unit_test(of_other_zones_nothing_counts),
		cmocka_unit_test(a_device_is_a_name),
		cmocka_unit_test(places_differ_in_node_zones_or_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
