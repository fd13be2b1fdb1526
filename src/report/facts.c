// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/facts.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* How the member of struct hr_facts at an offset becomes text. */
typedef void put_fn(struct hr_kernel *kernel, const void *member, struct hr_fact *ret);

static void put_text(const char *text, struct hr_fact *ret)
{
	snprintf(ret->value, sizeof(ret->value), "%s", text ? text : "");
}

static void put_number(uint64_t number, struct hr_fact *ret)
{
	snprintf(ret->value, sizeof(ret->value), "%" PRIu64, number);
}

static void put_tristate(enum hr_tristate value, struct hr_fact *ret)
{
	if (value != HR_UNKNOWN)
		put_text(value == HR_YES ? "yes" : "no", ret);
}

static void release(struct hr_kernel *kernel, const void *member, struct hr_fact *ret)
{
	(void)kernel;
	put_text(*(const char *const *)member, ret);
}

static void number(struct hr_kernel *kernel, const void *member, struct hr_fact *ret)
{
	(void)kernel;
	put_number(*(const uint64_t *)member, ret);
}

static void small_number(struct hr_kernel *kernel, const void *member, struct hr_fact *ret)
{
	(void)kernel;
	put_number(*(const unsigned int *)member, ret);
}

static void flag(struct hr_kernel *kernel, const void *member, struct hr_fact *ret)
{
	(void)kernel;
	put_tristate(*(const bool *)member ? HR_YES : HR_NO, ret);
}

static void tristate(struct hr_kernel *kernel, const void *member, struct hr_fact *ret)
{
	(void)kernel;
	put_tristate(*(const enum hr_tristate *)member, ret);
}

static void teardown(struct hr_kernel *kernel, const void *member, struct hr_fact *ret)
{
	enum hr_teardown value = *(const enum hr_teardown *)member;

	(void)kernel;
	if (value != HR_TEARDOWN_UNKNOWN)
		put_text(hr_teardown_name(value), ret);
}

static void flush(struct hr_kernel *kernel, const void *member, struct hr_fact *ret)
{
	enum hr_flush value = *(const enum hr_flush *)member;

	(void)kernel;
	if (value != HR_FLUSH_UNKNOWN)
		put_text(hr_flush_name(value), ret);
}

static void guard(struct hr_kernel *kernel, const void *member, struct hr_fact *ret)
{
	enum hr_guard value = *(const enum hr_guard *)member;

	(void)kernel;
	if (value != HR_GUARD_UNKNOWN)
		put_text(hr_guard_name(value), ret);
}

static void mapping(struct hr_kernel *kernel, const void *member, struct hr_fact *ret)
{
	enum hr_model_source from;
	enum hr_mapping value = hr_kernel_mapping(kernel, &from);

	(void)member;
	if (value != HR_MAPPING_UNKNOWN)
		put_text(hr_mapping_name(value), ret);
}

static void bbml2(struct hr_kernel *kernel, const void *member, struct hr_fact *ret)
{
	(void)member;
	put_tristate(hr_kernel_bbml2_noabort(kernel), ret);
}

#define MEMBER(name) offsetof(struct hr_facts, name)

static const struct {
	const char *key;
	put_fn *put;
	size_t member;
} rows[] = {
	{ "release", release, MEMBER(release) },
	{ "page_size", number, MEMBER(page_size) },
	{ "va_bits", small_number, MEMBER(va_bits) },
	{ "va_bits_actual", small_number, MEMBER(va_bits_actual) },
	{ "levels", small_number, MEMBER(levels) },
	{ "lpa2", flag, MEMBER(lpa2) },
	{ "struct_page_size", number, MEMBER(struct_page_size) },
	{ "section_size", number, MEMBER(section_size) },
	{ "memory_block_size", number, MEMBER(memory_block_size) },
	{ "features.tlbi_range", tristate, MEMBER(tlbi_range) },
	{ "features.repeat_tlbi", tristate, MEMBER(repeat_tlbi) },
	{ "features.bbml2_noabort", bbml2, 0 },
	{ "models.teardown", teardown, MEMBER(teardown) },
	{ "models.flush", flush, MEMBER(flush) },
	{ "models.guard", guard, MEMBER(guard) },
	{ "models.mapping", mapping, 0 },
};

bool hr_fact_at(struct hr_kernel *kernel, size_t i, struct hr_fact *ret)
{
	const char *facts = (const char *)hr_kernel_facts(kernel);

	if (i >= sizeof(rows) / sizeof(rows[0]))
		return false;
	ret->key = rows[i].key;
	ret->value[0] = '\0';
	rows[i].put(kernel, facts + rows[i].member, ret);
	return true;
}
