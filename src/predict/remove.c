// SPDX-License-Identifier: GPL-2.0-or-later
#include "predict/remove.h"

#include <endian.h>

#include "arch/descriptor.h"
#include "base/zero.h"

/* Memory being removed. */
struct remover {
	const struct hr_remove *remove;
	struct hr_made_tables *tables;
	struct hr_torn torn;
};

static struct hr_error *remove_table(struct remover *remover, int level, uint64_t *desc,
				     uint64_t va, uint64_t last);

/* Clear the entry for a leaf that begins at @start, of which [@va, @last] is removed. */
static void remove_leaf(struct remover *remover, uint64_t size, uint64_t va, uint64_t last,
			uint64_t *entry)
{
	uint64_t start = va & ~(size - 1);

	remover->torn.below += va - start;
	remover->torn.above += start + (size - 1) - last;
	*entry = 0;
}

static struct hr_error *remove_below(struct remover *remover, int level, uint64_t *entry,
				     uint64_t va, uint64_t last)
{
	const struct hr_layout *layout = remover->remove->layout;
	uint64_t size = hr_level_size(&layout->geo, level), *table;
	bool frees = hr_map_frees_table(layout, remover->remove->map, level + 1, va, last);
	struct hr_error *error;

	/* Nothing is left of a table if all that it maps goes. */
	if (frees && !(va & (size - 1)) && last - va == size - 1) {
		*entry = 0;
		return NULL;
	}
	error = hr_made_table_open(remover->tables, entry, &table);
	if (!error)
		error = remove_table(remover, level + 1, table, va, last);
	if (!error && frees && hr_is_zero(table, hr_page_size(&layout->geo)))
		*entry = 0;
	return error;
}

/* Unmap [@va, @last], which lies in one entry of @level. */
static struct hr_error *remove_entry(struct remover *remover, int level, uint64_t *entry,
				     uint64_t va, uint64_t last)
{
	const struct hr_geometry *geo = &remover->remove->layout->geo;

	switch (hr_desc_decode(geo, level, le64toh(*entry)).kind) {
	case HR_ENTRY_EMPTY:
	case HR_ENTRY_UNKNOWN:
		break;
	case HR_ENTRY_TABLE:
		return remove_below(remover, level, entry, va, last);
	case HR_ENTRY_LEAF:
		remove_leaf(remover, hr_level_size(geo, level), va, last, entry);
		break;
	}
	return NULL;
}

static struct hr_error *remove_table(struct remover *remover, int level, uint64_t *desc,
				     uint64_t va, uint64_t last)
{
	const struct hr_geometry *geo = &remover->remove->layout->geo;
	uint64_t size = hr_level_size(geo, level);

	for (;;) {
		uint64_t end = hr_region_last(va, size, last);
		struct hr_error *error = remove_entry(
			remover, level, &desc[hr_table_index(geo, level, va)], va, end);
		if (error || end == last)
			return error;
		va = end + 1;
	}
}

struct hr_error *hr_remove_apply(struct hr_made_tables *tables, const struct hr_remove *remove,
				 struct hr_torn *ret_torn)
{
	struct remover remover = { .remove = remove, .tables = tables };
	const struct hr_layout *layout = remove->layout;
	struct hr_error *error = NULL;
	uint64_t start, end;

	if (hr_map_range(layout, remove->map, remove->range.start, remove->range.end, &start, &end))
		error = remove_table(&remover, layout->geo.root_level, hr_made_root(tables), start,
				     end - 1);
	*ret_torn = remover.torn;
	return error;
}
