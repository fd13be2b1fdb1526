// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/btf.h"

#include <bpf/btf.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/btf_data.h"
#include "kernel/section.h"

/* The enumerators that matter, and where each one's mask is stored. */
enum {
	FLAG_PRESENT,
	FLAG_HAS_MEM_MAP,
	FLAG_ONLINE,
	FLAG_EARLY,
	FLAGS
};

static const char *const flag_names[FLAGS] = {
	[FLAG_PRESENT] = "SECTION_MARKED_PRESENT_BIT",
	[FLAG_HAS_MEM_MAP] = "SECTION_HAS_MEM_MAP_BIT",
	[FLAG_ONLINE] = "SECTION_IS_ONLINE_BIT",
	[FLAG_EARLY] = "SECTION_IS_EARLY_BIT",
};

/* A value that is not a bit number becomes a mask that cannot be a flag, which is rejected. */
static uint64_t mask_of(int32_t bit)
{
	return UINT64_C(1) << (bit >= 0 && bit < 63 ? bit : 63);
}

/* The masks of the flag enumerators of @type, 0 for those that it lacks. */
static bool take_enum(const struct btf *btf, const struct btf_type *type, uint64_t masks[FLAGS])
{
	const struct btf_enum *values = btf_enum(type);
	bool found = false;

	memset(masks, 0, FLAGS * sizeof(*masks));
	for (unsigned int i = 0; i < btf_vlen(type); i++) {
		const char *name = btf__name_by_offset(btf, values[i].name_off);

		for (size_t flag = 0; name && flag < FLAGS; flag++) {
			if (strcmp(name, flag_names[flag]))
				continue;
			masks[flag] = mask_of(values[i].val);
			found |= flag == FLAG_EARLY;
		}
	}
	return found;
}

/* The flags must be distinct, and none may be part of the address. */
static bool are_flags(const uint64_t masks[FLAGS])
{
	uint64_t seen = 0;

	for (size_t flag = 0; flag < FLAGS; flag++) {
		if ((!masks[flag] && flag != FLAG_PRESENT) || masks[flag] & seen ||
		    masks[flag] & ~HR_SECTION_FLAGS)
			return false;
		seen |= masks[flag];
	}
	return true;
}

static bool find_flags(const struct btf *btf, uint64_t masks[FLAGS])
{
	for (unsigned int id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (type && btf_is_enum(type) && take_enum(btf, type, masks))
			return true;
	}
	return false;
}

struct hr_error *hr_btf_section_flags(const void *data, size_t size, bool *ret_found,
				      struct hr_section_flags *ret)
{
	_cleanup_(hr_cleanup_btf) struct btf *btf = NULL;
	struct hr_error *error = hr_btf_open(data, size, &btf);
	uint64_t masks[FLAGS];

	*ret_found = false;
	if (error)
		return error;
	if (!find_flags(btf, masks))
		return NULL;
	if (!are_flags(masks))
		return hr_error_new(
			HR_ERROR_UNREADABLE,
			"the kernel's BTF has impossible values for the flags of mem_section");
	*ret_found = true;
	*ret = (struct hr_section_flags){
		.present = masks[FLAG_PRESENT],
		.has_mem_map = masks[FLAG_HAS_MEM_MAP],
		.online = masks[FLAG_ONLINE],
		.early = masks[FLAG_EARLY],
	};
	return NULL;
}

/* Add an enumerator for each flag that there is. */
static bool add_flags(struct btf *btf, const struct hr_section_flags *flags)
{
	const uint64_t masks[FLAGS] = {
		[FLAG_PRESENT] = flags->present,
		[FLAG_HAS_MEM_MAP] = flags->has_mem_map,
		[FLAG_ONLINE] = flags->online,
		[FLAG_EARLY] = flags->early,
	};
	bool ok = btf__add_enum(btf, NULL, sizeof(uint32_t)) > 0;

	for (size_t flag = 0; ok && flag < FLAGS; flag++)
		if (masks[flag])
			ok = !btf__add_enum_value(btf, flag_names[flag],
						  __builtin_ctzll(masks[flag]));
	return ok;
}

size_t hr_btf_of_flags(const struct hr_section_flags *flags, void *buffer, size_t size)
{
	_cleanup_(hr_cleanup_btf) struct btf *btf = btf__new_empty();
	const void *data = NULL;
	uint32_t len = 0;

	/* Readers on any machine expect the byte order of the kernel. */
	if (btf && add_flags(btf, flags) && !btf__set_endianness(btf, BTF_LITTLE_ENDIAN))
		data = btf__raw_data(btf, &len);
	if (!data || len > size)
		return 0;
	memcpy(buffer, data, len);
	return len;
}
