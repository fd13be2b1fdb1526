// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/btf_data.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "base/little_endian.h"

/* What one search looks at: structs may be nested, in a damaged BTF into themselves. */
enum {
	MEMBERS_MAX = 4096,
	DEPTH_MAX = 8
};

void hr_cleanup_btf(struct btf **btf)
{
	btf__free(*btf);
}

/* The library would print complaints about damaged data. */
static int print_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/*
 * Does a header of @data have a length that puts the types where they are not aligned? libbpf 1.1
 * looks at their offset behind the header only. The kernel's header has 24 bytes.
 */
static bool has_odd_header(const void *data, size_t size)
{
	const unsigned char *length =
		(const unsigned char *)data + offsetof(struct btf_header, hdr_len);

	return size >= sizeof(struct btf_header) && hr_get_le32(length) % sizeof(uint32_t);
}

static struct hr_error *is_damaged(void)
{
	return hr_error_new(HR_ERROR_UNREADABLE, "the kernel's BTF is damaged");
}

struct hr_error *hr_btf_open(const void *data, size_t size, struct btf **ret)
{
	libbpf_print_fn_t print;

	if (size > HR_BTF_MAX)
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "the kernel's BTF has %zu bytes, more than the limit of %d",
				    size, HR_BTF_MAX);
	if (has_odd_header(data, size))
		return is_damaged();
	/* It is the process's, whoever else in it uses libbpf. */
	print = libbpf_set_print(print_nothing);
	*ret = btf__new(data, (uint32_t)size);
	libbpf_set_print(print);
	if (*ret)
		return NULL;
	return errno == ENOMEM ? hr_error_no_memory() : is_damaged();
}

/* The first type of @kind and @name; with @size also of that size. NULL if there is none. */
static const struct btf_type *find(const struct btf *btf, unsigned int kind, const char *name,
				   size_t size)
{
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *found;

		if (!type || btf_kind(type) != kind || (size && type->size != size))
			continue;
		found = btf__name_by_offset(btf, type->name_off);
		if (found && !strcmp(found, name))
			return type;
	}
	return NULL;
}

/* A search for a member, and how many members it may still look at. */
struct search {
	const struct btf *btf;
	const char *member;
	unsigned int left;
	uint64_t bits; /* its offset, once it is found */
	const struct btf_type *type;
};

/*
 * Look in @type, which is @depth deep in the struct and begins @bits into it. Returns false if the
 * member is not there.
 */
static bool search_type(struct search *search, const struct btf_type *type, uint64_t bits,
			unsigned int depth)
{
	const struct btf_member *members = btf_members(type);

	for (uint32_t i = 0; i < btf_vlen(type) && search->left; i++) {
		const char *name = btf__name_by_offset(search->btf, members[i].name_off);
		uint64_t at = bits + btf_member_bit_offset(type, i);
		const struct btf_type *inner = btf__type_by_id(search->btf, members[i].type);

		search->left--;
		if (name && !strcmp(name, search->member)) {
			search->bits = at;
			search->type = inner;
			return true;
		}
		if (name && !*name && inner && btf_is_composite(inner) && depth < DEPTH_MAX &&
		    search_type(search, inner, at, depth + 1))
			return true;
	}
	return false;
}

static bool search_struct(struct search *search, const char *name, size_t size)
{
	const struct btf_type *type = find(search->btf, BTF_KIND_STRUCT, name, size);

	search->left = MEMBERS_MAX;
	return type && search_type(search, type, 0, 0);
}

bool hr_btf_member(const struct btf *btf, const char *name, size_t size, const char *member,
		   size_t *ret)
{
	struct search search = { .btf = btf, .member = member };

	if (!search_struct(&search, name, size) || search.bits % 8)
		return false;
	*ret = search.bits / 8;
	return true;
}

bool hr_btf_enumerator(const struct btf *btf, const char *name, const char *word, int64_t *ret)
{
	const struct btf_type *type = find(btf, BTF_KIND_ENUM, name, 0);
	const struct btf_enum *values = type ? btf_enum(type) : NULL;

	for (uint32_t i = 0; type && i < btf_vlen(type); i++) {
		const char *found = btf__name_by_offset(btf, values[i].name_off);

		if (!found || strcmp(found, word) != 0)
			continue;
		*ret = values[i].val;
		return true;
	}
	return false;
}

bool hr_btf_elements(const struct btf *btf, const char *name, const char *member, uint32_t *ret)
{
	struct search search = { .btf = btf, .member = member };

	if (!search_struct(&search, name, 0) || !search.type || !btf_is_array(search.type))
		return false;
	*ret = btf_array(search.type)->nelems;
	return true;
}
