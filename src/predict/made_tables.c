// SPDX-License-Identifier: GPL-2.0-or-later
#include "predict/made_tables.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "arch/descriptor.h"
#include "base/cleanup.h"
#include "base/grow.h"
#include "base/page_buffer.h"
#include "base/zero.h"

/* A table that was copied, or made. */
struct table {
	uint64_t pa; /* of the real table */
	/* Its content, if it is live. NULL: the table was made, or cannot change. */
	uint64_t *before;
	uint64_t *desc;
};

/* Who computes the tables that map [@va, @last]. */
struct filler {
	uint64_t va, last;
	hr_fill_table_fn *fill;
	void *context;
};

struct hr_made_tables {
	const struct hr_layout *layout;
	const struct hr_memory *below;
	struct table *list; /* the first is the root */
	size_t count, room;
	struct filler *fillers;
	size_t filler_count;
	uint64_t *scratch; /* a table that is computed to read a part of it */
};

/*
 * A predicted address of a table is the number of a copied one, or, if it is computed, says which:
 * WHOLE, its level, and its place among the tables of that level. All descriptor formats have room
 * for these bits.
 */
static unsigned int place_bits(const struct hr_geometry *geo)
{
	return geo->va_bits_actual - hr_level_shift(geo, HR_LEVEL_PMD);
}

static uint64_t whole_bit(const struct hr_geometry *geo)
{
	return UINT64_C(8) << place_bits(geo);
}

static uint64_t address_of(const struct hr_geometry *geo, uint64_t code)
{
	return HR_PA_PREDICTED | code << geo->page_shift;
}

static uint64_t entry_to(const struct hr_geometry *geo, uint64_t pa)
{
	return htole64(hr_desc_of_output_address(geo, pa) | HR_DESC_VALID | HR_DESC_TABLE);
}

/* A kernel may use the bit that marks predicted addresses: it has no meaning in real tables. */
static void clear_marks(const struct hr_made_tables *tables, void *buffer, size_t len)
{
	const uint64_t mark = htole64(tables->layout->geo.address.predicted);
	uint64_t *desc = buffer;

	for (size_t i = 0; i < len / sizeof(*desc); i++)
		desc[i] = desc[i] == htole64(HR_DESC_UNKNOWN) ? desc[i] : desc[i] & ~mark;
}

static struct hr_error *read_below(const struct hr_made_tables *tables, uint64_t pa, void *buffer,
				   size_t len)
{
	struct hr_error *error = hr_memory_read(tables->below, pa, buffer, len);

	if (!error)
		clear_marks(tables, buffer, len);
	return error;
}

static struct hr_error *read_real(const struct hr_made_tables *tables, uint64_t pa, void *desc)
{
	const struct hr_geometry *geo = &tables->layout->geo;
	struct hr_error *error = read_below(tables, pa, desc, hr_page_size(geo));

	if (error)
		return hr_error_context(error, "the table page at PA 0x%" PRIx64, pa);
	if (hr_is_zero(desc, hr_page_size(geo)))
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "the table page at PA 0x%" PRIx64
				    " reads as all zeros although it is in use",
				    pa);
	return NULL;
}

/* One more table, all zeros; NULL without memory. */
static struct table *new_table(struct hr_made_tables *tables)
{
	const size_t size = hr_page_size(&tables->layout->geo);
	struct table *list = hr_grow(tables->list, tables->count, &tables->room, sizeof(*list));
	struct table *table;

	if (!list)
		return NULL;
	tables->list = list;
	table = &list[tables->count];
	*table = (struct table){ .desc = hr_page_buffer(size) };
	if (!table->desc)
		return NULL;
	tables->count++;
	memset(table->desc, 0, size);
	return table;
}

/* Copy the real table at @pa. Keep it as it was, too, if it may change. */
static struct hr_error *copy_table(struct hr_made_tables *tables, uint64_t pa, struct table *table)
{
	const size_t size = hr_page_size(&tables->layout->geo);
	struct hr_error *error = read_real(tables, pa, table->desc);

	if (error || !tables->below->live)
		return error;
	table->pa = pa;
	table->before = hr_page_buffer(size);
	if (!table->before)
		return hr_error_no_memory();
	memcpy(table->before, table->desc, size);
	return NULL;
}

struct hr_error *hr_made_tables_create(const struct hr_layout *layout,
				       const struct hr_memory *below, struct hr_made_tables **ret)
{
	_cleanup_(hr_cleanup_made_tables) struct hr_made_tables *tables =
		calloc(1, sizeof(*tables));
	struct hr_error *error;
	struct table *root;

	if (!tables)
		return hr_error_no_memory();
	tables->layout = layout;
	tables->below = below;
	tables->scratch = hr_page_buffer(hr_page_size(&layout->geo));
	root = new_table(tables);
	if (!root || !tables->scratch)
		return hr_error_no_memory();
	error = copy_table(tables, layout->swapper_pa, root);
	if (!error)
		*ret = hr_take(tables);
	return error;
}

void hr_made_tables_destroy(struct hr_made_tables *tables)
{
	if (!tables)
		return;
	for (size_t i = 0; i < tables->count; i++) {
		free(tables->list[i].before);
		free(tables->list[i].desc);
	}
	free(tables->list);
	free(tables->fillers);
	free(tables->scratch);
	free(tables);
}

struct hr_error *hr_made_tables_fill(struct hr_made_tables *tables, uint64_t va, uint64_t va_last,
				     hr_fill_table_fn *fill, void *context)
{
	struct filler *fillers =
		realloc(tables->fillers, (tables->filler_count + 1) * sizeof(*fillers));

	if (!fillers)
		return hr_error_no_memory();
	fillers[tables->filler_count++] = (struct filler){ va, va_last, fill, context };
	tables->fillers = fillers;
	return NULL;
}

uint64_t *hr_made_root(struct hr_made_tables *tables)
{
	return tables->list[0].desc;
}

uint64_t hr_made_root_pa(const struct hr_made_tables *tables)
{
	return address_of(&tables->layout->geo, 0);
}

uint64_t hr_made_table_whole(const struct hr_geometry *geo, int level, uint64_t va)
{
	uint64_t place = (va - hr_half_base(geo)) / hr_table_span(geo, level);
	uint64_t code = whole_bit(geo) | (uint64_t)level << place_bits(geo) | place;

	return entry_to(geo, address_of(geo, code));
}

/* Later changes replace what earlier ones have left, so the last one for a place counts. */
static const struct filler *filler_of(const struct hr_made_tables *tables, uint64_t va,
				      uint64_t last)
{
	for (size_t i = tables->filler_count; i--;)
		if (tables->fillers[i].va <= va && tables->fillers[i].last >= last)
			return &tables->fillers[i];
	return NULL;
}

/* Compute the table at the predicted address @pa. Returns false if there is none. */
static bool compute(const struct hr_made_tables *tables, uint64_t pa, uint64_t *desc)
{
	const struct hr_geometry *geo = &tables->layout->geo;
	uint64_t code = (pa & ~HR_PA_PREDICTED) >> geo->page_shift;
	uint64_t place = code & ((UINT64_C(1) << place_bits(geo)) - 1);
	int level = (int)(code >> place_bits(geo) & 7);
	const struct filler *filler;
	uint64_t va, span;

	if (code & ~(2 * whole_bit(geo) - 1) || level <= geo->root_level || level > HR_LEVEL_PTE)
		return false;
	span = hr_table_span(geo, level);
	va = hr_half_base(geo) + place * span;
	filler = filler_of(tables, va, va + (span - 1));
	if (!filler)
		return false;
	memset(desc, 0, hr_page_size(geo));
	filler->fill(filler->context, level, va, desc);
	return true;
}

/* The copied table at the predicted address @pa, NULL if there is none. */
static const struct table *find_table(const struct hr_made_tables *tables, uint64_t pa)
{
	uint64_t code = (pa & ~HR_PA_PREDICTED) >> tables->layout->geo.page_shift;

	return code < tables->count ? &tables->list[code] : NULL;
}

/* The copied table that @entry points to, NULL if it points to none. */
static const struct table *known_table(const struct hr_made_tables *tables, uint64_t entry)
{
	uint64_t pa = hr_desc_output_address(&tables->layout->geo, le64toh(entry));

	return (pa & HR_PA_PREDICTED) ? find_table(tables, pa) : NULL;
}

static struct hr_error *no_such_table(uint64_t pa)
{
	return hr_error_new(HR_ERROR_UNREADABLE, "there is no predicted table at 0x%" PRIx64, pa);
}

static bool is_full(const struct hr_made_tables *tables)
{
	return tables->count >= HR_MADE_TABLES_MAX / hr_page_size(&tables->layout->geo);
}

/* Make a table of what @entry points to. */
static struct hr_error *make_table(struct hr_made_tables *tables, uint64_t entry,
				   struct table *table)
{
	uint64_t pa = hr_desc_output_address(&tables->layout->geo, le64toh(entry));

	if (!entry)
		return NULL;
	if (!(pa & HR_PA_PREDICTED))
		return copy_table(tables, pa, table);
	return compute(tables, pa, table->desc) ? NULL : no_such_table(pa);
}

struct hr_error *hr_made_table_open(struct hr_made_tables *tables, uint64_t *entry, uint64_t **ret)
{
	const struct hr_geometry *geo = &tables->layout->geo;
	const struct table *known = known_table(tables, *entry);
	struct hr_error *error;
	struct table *table;

	if (known) {
		*ret = known->desc;
		return NULL;
	}
	if (is_full(tables))
		return hr_error_new(HR_ERROR_INPUT,
				    "the tables of what is predicted are more than %" PRIu64
				    " MiB: predict less at once",
				    HR_MADE_TABLES_MAX >> 20);
	table = new_table(tables);
	if (!table)
		return hr_error_no_memory();
	error = make_table(tables, *entry, table);
	if (error)
		return error;
	*entry = entry_to(geo, address_of(geo, tables->count - 1));
	*ret = table->desc;
	return NULL;
}

/* Has the real table that was copied to @table changed? */
static struct hr_error *check_unchanged(const struct hr_made_tables *tables,
					const struct table *table)
{
	const size_t size = hr_page_size(&tables->layout->geo);
	_cleanup_free_ uint64_t *now = NULL;
	struct hr_error *error;

	if (!table->before)
		return NULL;
	now = hr_page_buffer(size);
	if (!now)
		return hr_error_no_memory();
	error = read_real(tables, table->pa, now);
	if (!error && memcmp(now, table->before, size))
		error = hr_error_new(HR_ERROR_UNREADABLE,
				     "the table page at PA 0x%" PRIx64
				     " has changed since the prediction was made",
				     table->pa);
	return error;
}

static struct hr_error *read_predicted(const struct hr_made_tables *tables, uint64_t pa,
				       void *buffer, size_t len)
{
	const size_t size = hr_page_size(&tables->layout->geo), offset = pa & (size - 1);
	const struct table *table = find_table(tables, pa);
	const uint64_t *desc = table ? table->desc : tables->scratch;
	struct hr_error *error = table ? check_unchanged(tables, table) : NULL;

	if (error)
		return error;
	if (len > size - offset || (!table && !compute(tables, pa - offset, tables->scratch)))
		return no_such_table(pa);
	memcpy(buffer, (const char *)desc + offset, len);
	return NULL;
}

static struct hr_error *read_any(void *context, uint64_t pa, void *buffer, size_t len)
{
	const struct hr_made_tables *tables = context;

	if (pa & HR_PA_PREDICTED)
		return read_predicted(tables, pa, buffer, len);
	return read_below(tables, pa, buffer, len);
}

static bool has_predicted(const struct hr_batch *batch)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < batch->count; i++)
		seen |= batch->pas[i];
	return seen & HR_PA_PREDICTED;
}

/* Where piece @index of @batch goes. */
static void *piece(const struct hr_batch *batch, size_t index)
{
	return (char *)batch->buffer + index * batch->len;
}

static void begin_batch(void *context, struct hr_batch *batch)
{
	const struct hr_made_tables *tables = context;

	if (!has_predicted(batch))
		hr_memory_begin(tables->below, batch);
}

/* Batches help with memory that must be fetched. */
static void finish_batch(void *context, struct hr_batch *batch)
{
	const struct hr_made_tables *tables = context;

	if (!has_predicted(batch)) {
		hr_memory_finish(tables->below, batch);
		for (size_t i = 0; i < batch->count; i++)
			if (batch->ok[i])
				clear_marks(tables, piece(batch, i), batch->len);
		return;
	}
	for (size_t i = 0; i < batch->count; i++) {
		struct hr_error *error =
			read_any(context, batch->pas[i], piece(batch, i), batch->len);

		batch->ok[i] = !error;
		hr_error_destroy(error);
	}
}

struct hr_memory hr_made_tables_memory(struct hr_made_tables *tables, uint64_t room)
{
	const struct hr_memory *below = tables->below;

	return (struct hr_memory){
		.read = read_any,
		.finish = below->finish ? finish_batch : NULL,
		.begin = below->begin ? begin_batch : NULL,
		.context = tables,
		.size = room < UINT64_MAX - below->size ? below->size + room : UINT64_MAX,
		.live = below->live,
	};
}
