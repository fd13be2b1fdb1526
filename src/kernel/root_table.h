/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a kernel can write its root table, swapper_pg_dir, where its image maps it. */
#ifndef HR_ROOT_TABLE_H
#define HR_ROOT_TABLE_H

#include <hotremove/hotremove.h>

#include "kernel/evidence.h"
#include "kernel/layout.h"
#include "walk/walker.h"

/*
 * Does the kernel's image map swapper_pg_dir writable? mark_rodata_ro() makes that mapping
 * read-only and clears rodata_is_rw at the same time (mmu.c, 6.9 to 7.3); with rodata=off neither
 * happens. The alias in the linear map shows nothing: it is read-only in any case
 * (mark_linear_text_alias_ro()). Unknown if it is not known where the image is, or if the tables do
 * not show it.
 */
enum hr_tristate hr_root_table_is_writable(const struct hr_layout *layout,
					   struct hr_walker *walker);

#endif
