// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "type_data.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

const struct type_data_value type_data_marked[] = {
	{ "SECTION_MARKED_PRESENT_BIT", 0 },
	{ "SECTION_HAS_MEM_MAP_BIT", 1 },
	{ "SECTION_IS_ONLINE_BIT", 2 },
	{ "SECTION_IS_EARLY_BIT", 3 },
	{ "SECTION_TAINT_ZONE_DEVICE_BIT", 4 },
	{ "SECTION_MAP_LAST_BIT", 5 },
	{ NULL, 0 },
};

const struct type_data_value type_data_unmarked[] = {
	{ "SECTION_HAS_MEM_MAP_BIT", 0 },
	{ "SECTION_IS_ONLINE_BIT", 1 },
	{ "SECTION_IS_EARLY_BIT", 2 },
	{ "SECTION_MAP_LAST_BIT", 3 },
	{ NULL, 0 },
};

static void add_enum(struct btf *btf, const struct type_data_value *values)
{
	assert_true(btf__add_enum(btf, NULL, 4) > 0);
	for (; values->name; values++)
		assert_int_equal(btf__add_enum_value(btf, values->name, values->value), 0);
}

void *type_data_create(const struct type_data_value *values, size_t *ret_size)
{
	static const struct type_data_value other[] = { { "ZONE_DMA", 0 },
							{ "ZONE_NORMAL", 1 },
							{ NULL, 0 } };
	struct btf *btf = btf__new_empty();
	const void *raw;
	uint32_t size;
	void *copy;

	assert_non_null(btf);
	assert_true(btf__add_int(btf, "unsigned long", 8, 0) > 0);
	add_enum(btf, other);
	if (values)
		add_enum(btf, values);
	assert_true(btf__add_ptr(btf, 1) > 0);
	add_enum(btf, other);
	raw = btf__raw_data(btf, &size);
	assert_non_null(raw);
	copy = malloc(size);
	assert_non_null(copy);
	memcpy(copy, raw, size);
	btf__free(btf);
	*ret_size = size;
	return copy;
}
