// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_advice.h"

#include "report/json_writer.h"

void hr_json_put_advice(struct json_object *range, const struct hr_advice *advice)
{
	struct json_object *object;

	if (!advice->found) {
		hr_json_put_null(range, "advice");
		return;
	}
	object = hr_json_put_new(range, "advice");
	hr_json_put_extent(object, advice->range.start, advice->range.end);
	hr_json_put_bool(object, "again", advice->again);
	if (advice->pieces)
		hr_json_put_count(object, "pieces", advice->pieces);
	else
		hr_json_put_null(object, "pieces");
	hr_json_put_text(object, "mapping", hr_mapping_name(advice->mapping));
	if (advice->without_own_memmap)
		hr_json_put_bool(object, "memmap_on_memory", false);
	else
		hr_json_put_null(object, "memmap_on_memory");
}
