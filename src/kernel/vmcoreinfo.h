/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a VMCOREINFO note: lines of KEY=value. The radix of a number depends on its key. */
#ifndef HR_VMCOREINFO_H
#define HR_VMCOREINFO_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hr_vmcoreinfo;

/*
 * Copy the @len bytes at @text, up to the first NUL. Error HR_ERROR_INPUT: too large, or a key
 * occurs twice with different values.
 */
struct hr_error *hr_vmcoreinfo_create(const char *text, size_t len, struct hr_vmcoreinfo **ret);
void hr_vmcoreinfo_destroy(struct hr_vmcoreinfo *info);

static inline void hr_cleanup_vmcoreinfo(struct hr_vmcoreinfo **info)
{
	hr_vmcoreinfo_destroy(*info);
}

/* Use @fallback for keys that @info does not have. Takes ownership of @fallback. */
void hr_vmcoreinfo_set_fallback(struct hr_vmcoreinfo *info, struct hr_vmcoreinfo *fallback);

/* The value of @key ("NUMBER(VA_BITS)"), without its line end; NULL if there is none. */
const char *hr_vmcoreinfo_get(const struct hr_vmcoreinfo *info, const char *key);

/*
 * The value of @key as a number. SYMBOL() and KERNELOFFSET are hexadecimal without a prefix;
 * everything else is hexadecimal with 0x, or signed decimal (include/linux/vmcore_info.h and
 * arm64's own lines, 5.10 to 7.3). SYMBOL() is an address, and loses its tag (arch/pointer.h): some
 * are the value of a pointer. *@ret_found is false if there is no such key. Error
 * HR_ERROR_INPUT: the value is not such a number.
 */
struct hr_error *hr_vmcoreinfo_number(const struct hr_vmcoreinfo *info, const char *key,
				      bool *ret_found, uint64_t *ret);

#endif
