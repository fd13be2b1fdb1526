// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/section.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>

#include "arch/pointer.h"
#include "base/cleanup.h"
#include "base/page_buffer.h"
#include "base/zero.h"
#include "kernel/address.h"

enum {
	ROOTS_PER_READ = 512
};

struct hr_sections {
	const struct hr_layout *layout;
	const struct hr_memory *memory;
	uint64_t per_root;
	uint64_t count;	      /* number of roots, at most what physical addresses need */
	uint64_t roots_first; /* index of roots[0], UINT64_MAX if nothing is loaded */
	uint64_t *roots;      /* ROOTS_PER_READ of them, as they were read */
	struct hr_section_flags flags;
	const struct hr_section_change *changes;
	size_t change_count;
	bool has_roots;		    /* a root was found, so the array is not all zeros */
	bool is_empty;		    /* the whole array was read, and has no root */
	uint64_t root_va;	    /* of the loaded sections, 0 if none */
	uint64_t root_first;	    /* the number of the first of them */
	uint64_t bad_first, bad_va; /* like the two above, for what could not be read last time */
	char why[160];		    /* the reason */
	unsigned char *root;
	/* In a dump: what hr_section_run() found last, with what it found before that led to it. */
	uint64_t run_first, run_end, run_value;
};

uint64_t hr_section_roots(const struct hr_layout *layout)
{
	uint64_t per_root = hr_page_size(&layout->geo) / layout->section_struct_size;
	uint64_t sections = UINT64_C(1) << (layout->pa_bits - layout->section_size_bits);
	uint64_t needed = sections / per_root + 1;

	return needed < layout->section_roots ? needed : layout->section_roots;
}

struct hr_error *hr_sections_create(const struct hr_layout *layout, const struct hr_memory *memory,
				    struct hr_sections **ret)
{
	_cleanup_(hr_cleanup_sections) struct hr_sections *sections = calloc(1, sizeof(*sections));

	if (!sections)
		return hr_error_no_memory();
	sections->layout = layout;
	sections->memory = memory;
	sections->flags = hr_section_flags_marked;
	sections->per_root = hr_page_size(&layout->geo) / layout->section_struct_size;
	sections->count = hr_section_roots(layout);
	sections->roots_first = sections->bad_first = UINT64_MAX;
	sections->roots = hr_page_buffer(ROOTS_PER_READ * sizeof(*sections->roots));
	sections->root = hr_page_buffer(hr_page_size(&layout->geo));
	if (!sections->roots || !sections->root)
		return hr_error_no_memory();
	*ret = hr_take(sections);
	return NULL;
}

void hr_sections_destroy(struct hr_sections *sections)
{
	if (!sections)
		return;
	free(sections->roots);
	free(sections->root);
	free(sections);
}

const struct hr_section_flags *hr_sections_flags(const struct hr_sections *sections)
{
	return &sections->flags;
}

void hr_sections_set_flags(struct hr_sections *sections, const struct hr_section_flags *flags)
{
	sections->flags = *flags;
}

void hr_sections_set_changes(struct hr_sections *sections, const struct hr_section_change *changes,
			     size_t count)
{
	sections->changes = changes;
	sections->change_count = count;
}

static struct hr_error *read_va(const struct hr_sections *sections, uint64_t va, void *buffer,
				size_t len)
{
	struct hr_error *error;
	uint64_t pa;

	if (!hr_layout_pa_of_va(sections->layout, va, &pa))
		return hr_error_new(
			HR_ERROR_UNREADABLE,
			"mem_section leads to 0x%" PRIx64 ", which is not a kernel address", va);
	error = hr_memory_read(sections->memory, pa, buffer, len);
	return error ? hr_error_context(error, "mem_section at PA 0x%" PRIx64, pa) : NULL;
}

static struct hr_error *load_roots(struct hr_sections *sections, uint64_t first)
{
	uint64_t left = sections->count - first;
	size_t count = left < ROOTS_PER_READ ? (size_t)left : ROOTS_PER_READ;
	struct hr_error *error;

	if (first == sections->roots_first)
		return NULL;
	if (first == sections->bad_first)
		return hr_error_new(HR_ERROR_UNREADABLE, "%s", sections->why);
	sections->roots_first = UINT64_MAX;
	sections->bad_first = first;
	error = read_va(sections, sections->layout->mem_section_va + first * sizeof(uint64_t),
			sections->roots, count * sizeof(uint64_t));
	if (error) {
		snprintf(sections->why, sizeof(sections->why), "%s", error->message);
		return error;
	}
	for (size_t i = 0; i < count; i++)
		sections->has_roots |= sections->roots[i] != 0;
	sections->roots_first = first;
	sections->bad_first = UINT64_MAX;
	return NULL;
}

/*
 * Every kernel has memory, so an array of nothing but zeros was not really read. Read all of it
 * once to find out, whatever is asked.
 */
static struct hr_error *require_roots(struct hr_sections *sections)
{
	for (uint64_t first = 0;
	     !sections->has_roots && !sections->is_empty && first < sections->count;
	     first += ROOTS_PER_READ) {
		struct hr_error *error = load_roots(sections, first);

		if (error)
			return error;
	}
	if (sections->has_roots)
		return NULL;
	sections->is_empty = true;
	return hr_error_new(HR_ERROR_UNREADABLE, "mem_section reads as all zeros");
}

/* The address of root @index, 0 if it does not exist. */
static struct hr_error *root_va(struct hr_sections *sections, uint64_t index, uint64_t *ret)
{
	struct hr_error *error;

	*ret = 0;
	if (index >= sections->count)
		return NULL;
	error = load_roots(sections, index - index % ROOTS_PER_READ);
	if (error)
		return error;
	*ret = hr_untagged(le64toh(sections->roots[index % ROOTS_PER_READ]));
	return *ret ? NULL : require_roots(sections);
}

/*
 * A page of sections exists because at least one section does, but /proc/kcore may hand out zeros
 * instead.
 */
static struct hr_error *load_root(struct hr_sections *sections, uint64_t va)
{
	size_t len = sections->per_root * sections->layout->section_struct_size;
	struct hr_error *error;

	if (sections->root_va == va)
		return NULL;
	if (sections->bad_va == va)
		return hr_error_new(HR_ERROR_UNREADABLE, "%s", sections->why);
	sections->root_va = 0;
	error = read_va(sections, va, sections->root, len);
	if (!error && hr_is_zero(sections->root, len))
		error = hr_error_new(HR_ERROR_UNREADABLE,
				     "the sections at 0x%" PRIx64
				     " read as all zeros although they are in use",
				     va);
	if (error) {
		sections->bad_va = va;
		snprintf(sections->why, sizeof(sections->why), "%s", error->message);
	} else {
		sections->root_va = va;
	}
	return error;
}

static struct hr_error *load_root_of(struct hr_sections *sections, uint64_t nr, bool *ret_exists)
{
	uint64_t va;
	struct hr_error *error = root_va(sections, nr / sections->per_root, &va);

	*ret_exists = va != 0;
	if (!error && va)
		error = load_root(sections, va);
	if (!error && va)
		sections->root_first = nr - nr % sections->per_root;
	return error;
}

static uint64_t value_at(const struct hr_sections *sections, uint64_t index)
{
	uint64_t value;

	__builtin_memcpy(&value, sections->root + index * sections->layout->section_struct_size,
			 sizeof(value));
	return le64toh(value);
}

/* The change that section @nr is left with, NULL if none reaches it. */
static const struct hr_section_change *change_of(const struct hr_sections *sections, uint64_t nr)
{
	for (size_t i = sections->change_count; i--;)
		if (nr >= sections->changes[i].first && nr <= sections->changes[i].last)
			return &sections->changes[i];
	return NULL;
}

/* section_mem_map of a section that was added and went online. */
static uint64_t added_value(const struct hr_sections *sections)
{
	const struct hr_section_flags *flags = &sections->flags;

	return hr_layout_page_va(sections->layout, 0) | flags->present | flags->has_mem_map |
	       flags->online;
}

struct hr_error *hr_section_read(struct hr_sections *sections, uint64_t nr, uint64_t *ret)
{
	const struct hr_section_change *change = change_of(sections, nr);
	bool exists = true;
	struct hr_error *error = NULL;

	*ret = change && change->present ? added_value(sections) : 0;
	if (change)
		return NULL;
	/* Readers mostly go from section to section. */
	if (!sections->root_va || nr - sections->root_first >= sections->per_root)
		error = load_root_of(sections, nr, &exists);
	if (error || !exists)
		return error;
	*ret = value_at(sections, nr - sections->root_first);
	return NULL;
}

/* How many of the loaded sections from @nr on have @value. */
static uint64_t count_equal(const struct hr_sections *sections, uint64_t nr, uint64_t value)
{
	uint64_t first = nr - sections->root_first, index = first;

	while (index < sections->per_root && value_at(sections, index) == value)
		index++;
	return index - first;
}

/* Remember the @count sections from @nr on, all with @value. */
static void note_run(struct hr_sections *sections, uint64_t nr, uint64_t count, uint64_t value)
{
	if (nr != sections->run_end || value != sections->run_value)
		sections->run_first = nr;
	sections->run_end = nr + count;
	sections->run_value = value;
}

/* The last section from @nr on that is left with the same change, or with none, as @nr is. */
static uint64_t change_ends(const struct hr_sections *sections, uint64_t nr)
{
	const struct hr_section_change *change = change_of(sections, nr);
	uint64_t last = change ? change->last : UINT64_MAX;

	for (size_t i = 0; i < sections->change_count; i++)
		if (sections->changes[i].first > nr && sections->changes[i].first <= last)
			last = sections->changes[i].first - 1;
	return last;
}

struct hr_error *hr_section_run(struct hr_sections *sections, uint64_t nr, uint64_t last,
				uint64_t *ret, uint64_t *ret_count)
{
	uint64_t end = change_ends(sections, nr);
	struct hr_error *error = NULL;

	last = end < last ? end : last;
	*ret_count = 1;
	if (change_of(sections, nr)) {
		*ret_count = last - nr + 1;
		return hr_section_read(sections, nr, ret);
	}
	if (nr < sections->run_first || nr >= sections->run_end) {
		error = hr_section_read(sections, nr, ret);
		if (error || !*ret)
			return error;
		*ret_count = count_equal(sections, nr, *ret);
		if (!sections->memory->live)
			note_run(sections, nr, *ret_count, *ret);
	} else {
		*ret = sections->run_value;
		*ret_count = sections->run_end - nr;
	}
	if (*ret_count > last - nr + 1)
		*ret_count = last - nr + 1;
	return NULL;
}

struct hr_error *hr_section_check(const struct hr_sections *sections, uint64_t nr, uint64_t value)
{
	const struct hr_section_flags *flags = &sections->flags;
	uint64_t base = hr_section_memmap(value);

	if (!hr_section_is_present(flags, value) || value & flags->has_mem_map || !base ||
	    base == hr_layout_page_va(sections->layout, 0))
		return NULL;
	return hr_error_new(HR_ERROR_UNREADABLE,
			    "mem_section has 0x%" PRIx64 " for section %" PRIu64
			    ", which no kernel leaves there: it has no struct pages",
			    value, nr);
}

/* The first section from @nr to @last whose root exists; as hr_section_next(). */
static struct hr_error *next_with_root(struct hr_sections *sections, uint64_t nr, uint64_t last,
				       uint64_t *ret)
{
	uint64_t index = nr / sections->per_root;

	for (; index < sections->count && index <= last / sections->per_root; index++) {
		uint64_t va;
		struct hr_error *error = root_va(sections, index, &va);

		*ret = index * sections->per_root;
		if (*ret < nr)
			*ret = nr;
		if (error || va)
			return error;
	}
	*ret = UINT64_MAX;
	return NULL;
}

/* The first section from @nr to @last that a change makes present, UINT64_MAX if there is none. */
static uint64_t next_added(const struct hr_sections *sections, uint64_t nr, uint64_t last)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < sections->change_count; i++) {
		const struct hr_section_change *change = &sections->changes[i];
		uint64_t first = nr > change->first ? nr : change->first;

		if (change->present && first <= change->last && first <= last && first < next)
			next = first;
	}
	return next;
}

struct hr_error *hr_section_next(struct hr_sections *sections, uint64_t nr, uint64_t last,
				 uint64_t *ret)
{
	uint64_t added = next_added(sections, nr, last);
	struct hr_error *error = NULL;

	*ret = added;
	if (nr == added)
		return NULL;
	error = next_with_root(sections, nr, added - 1 < last ? added - 1 : last, ret);
	if (!error && *ret == UINT64_MAX)
		*ret = added;
	return error;
}

uint64_t hr_section_skip(const struct hr_sections *sections, uint64_t nr)
{
	return (nr / sections->per_root + 1) * sections->per_root;
}
