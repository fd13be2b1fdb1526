// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

static struct geometry geometry_of(uint64_t size)
{
	switch (size) {
	case 4 * KIB:
		return (struct geometry){ 12, 0, { 1, 1, 16, 16 }, true };
	case 16 * KIB:
		return (struct geometry){ 14, 0, { 1, 1, 32, 128 }, false };
	case 64 * KIB:
		return (struct geometry){ 16, 1, { 1, 1, 32, 32 }, false };
	default:
		errx(EXIT_FAILURE, "the page size must be 4K, 16K or 64K");
	}
}

uint64_t page_offset(void)
{
	return -(UINT64_C(1) << VA_BITS);
}

uint64_t linear_end(void)
{
	return -(UINT64_C(1) << (VA_BITS - 1));
}

/* Both are multiples of the size of a CONT group, so only sizes decide which leaves fit. */
uint64_t linear_va(const struct machine *m, uint64_t pa)
{
	return pa - m->boot_pa + page_offset();
}

/* As in 6.9 and later. */
uint64_t vmemmap_size(const struct machine *m)
{
	return ((linear_end() - page_offset()) >> m->geo.page_shift) * STRUCT_PAGE;
}

uint64_t vmemmap_start(const struct machine *m)
{
	return -GIB - vmemmap_size(m);
}

uint64_t vmemmap_va(const struct machine *m, uint64_t pa)
{
	return vmemmap_start(m) + ((pa - m->boot_pa) >> m->geo.page_shift) * STRUCT_PAGE;
}

uint64_t image_va(void)
{
	return linear_end() + 128 * MIB;
}

void *at_pa(const struct machine *m, uint64_t pa)
{
	return m->memory + (pa - m->boot_pa);
}

static uint64_t round_up(uint64_t value, uint64_t step)
{
	return (value + step - 1) / step * step;
}

/* An upper bound for the size of tables and sections in bytes. */
static uint64_t table_bytes(const struct machine *m)
{
	uint64_t pages = (m->size >> m->geo.page_shift) * 8;

	if (m->part)
		return pages / 8 + (m->part >> m->geo.page_shift) * 8;
	return pages;
}

/* Tables fill at most a quarter of their window. Struct pages take the rest of boot memory. */
void machine_plan(struct machine *m, uint64_t size)
{
	uint64_t memmap;

	m->geo = geometry_of(size);
	m->boot_pa = size == 64 * KIB ? 16 * GIB : GIB;
	m->section_shift = size == 64 * KIB ? 29 : 27;
	m->pa_bits = size == 64 * KIB ? 52 : 48;
	m->window = round_up(table_bytes(m) * 4 + 2 * GIB, GIB);
	memmap = (m->size >> m->geo.page_shift) * STRUCT_PAGE;
	m->boot_size = round_up(m->window + memmap * 2 + GIB, 16 * GIB);
	m->backing = m->boot_pa + m->window;
	m->hot_pa = round_up(m->boot_pa + m->boot_size, TIB);
	m->image_pa = m->boot_pa + 2 * MIB;
	m->image_size = 32 * MIB;
	m->root_pa = m->image_pa + 16 * MIB;
	m->uts_pa = m->image_pa + 17 * MIB;
	m->section_roots =
		(UINT64_C(1) << (m->pa_bits - m->section_shift)) / (page_size(m) / SECTION_STRUCT);
}

uint64_t parse_size(const char *text)
{
	static const char units[] = "KMGT";
	char *end;
	uint64_t value = strtoull(text, &end, 0);
	const char *unit = *end ? strchr(units, *end) : NULL;

	if (end == text || (*end && (!unit || end[1])))
		errx(EXIT_FAILURE, "not a size: %s", text);
	return unit ? value << 10 * (unit - units + 1) : value;
}
