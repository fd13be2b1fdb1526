/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about a kernel that can be compared with those of another one. */
#ifndef HR_REPORT_FACTS_H
#define HR_REPORT_FACTS_H

#include <hotremove/hotremove.h>

struct hr_fact {
	const char *key; /* as in the member "kernel" of a document: "models.guard" */
	char value[96];	 /* empty: not known */
};

/*
 * Fact @i of @kernel, counted from 0. Returns false after the last one. Addresses are not among
 * them: they differ from boot to boot.
 */
bool hr_fact_at(struct hr_kernel *kernel, size_t i, struct hr_fact *ret);

#endif
