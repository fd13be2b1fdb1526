// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/proc_kallsyms.h"

#include <stdlib.h>
#include <string.h>

#include "os/lines.h"

/* The symbols to look for. */
struct wanted {
	struct hr_symbol *symbols;
	size_t count;
};

/* A line has an address, a type, a name, and more for modules. */
static struct hr_error *take_line(void *context, char *line)
{
	const struct wanted *wanted = context;
	char *rest = line;
	const char *address = strsep(&rest, " "), *name;
	uint64_t va;

	strsep(&rest, " ");
	name = strsep(&rest, "\t\n");
	va = strtoull(address, NULL, 16);
	for (size_t i = 0; name && va && i < wanted->count; i++) {
		struct hr_symbol *symbol = &wanted->symbols[i];

		if (symbol->found || strcmp(symbol->name, name))
			continue;
		symbol->found = true;
		symbol->va = va;
	}
	return NULL;
}

struct hr_error *hr_proc_kallsyms_find(int fd, struct hr_symbol *symbols, size_t count)
{
	struct wanted wanted = { symbols, count };

	return hr_lines_read(fd, HR_PROC_KALLSYMS, take_line, &wanted);
}
