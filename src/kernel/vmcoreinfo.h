/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a VMCOREINFO note: lines of KEY=value, each key with a radix of its own. */
#ifndef HR_VMCOREINFO_H
#define HR_VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Larger notes than this are refused: the kernel's is at most one page. */
enum {
	HR_VMCOREINFO_MAX = 1 << 20
};

struct hr_vmcoreinfo;

/*
 * Take a copy of the @len bytes at @text. NUL bytes end it. Error HR_ERROR_INPUT: too large, or a
 * key that stands in it twice with different values.
 */
struct hr_error *hr_vmcoreinfo_create(const char *text, size_t len, struct hr_vmcoreinfo **ret);
void hr_vmcoreinfo_destroy(struct hr_vmcoreinfo *info);

static inline void hr_cleanup_vmcoreinfo(struct hr_vmcoreinfo **info)
{
	hr_vmcoreinfo_destroy(*info);
}

/* Let @fallback, which is taken over, answer for keys that @info does not have. */
void hr_vmcoreinfo_set_fallback(struct hr_vmcoreinfo *info, struct hr_vmcoreinfo *fallback);

/* The value of @key ("NUMBER(VA_BITS)"), without its line end; NULL if it is not there. */
const char *hr_vmcoreinfo_get(const struct hr_vmcoreinfo *info, const char *key);

/*
 * The value of @key as a number: SYMBOL() and KERNELOFFSET are hexadecimal without a prefix;
 * everything else is hexadecimal with 0x, or signed decimal (include/linux/vmcore_info.h and
 * arm64's own lines, 5.10 to 7.3). *@ret_found is false if there is no such key. Error
 * HR_ERROR_INPUT: the value is not such a number.
 */
struct hr_error *hr_vmcoreinfo_number(const struct hr_vmcoreinfo *info, const char *key,
				      bool *ret_found, uint64_t *ret);

#endif
