// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc_kallsyms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KALLSYMS_FILE "/proc/kallsyms"

/* A line is an address, a type, a name, and for modules more; longer ones are none of ours. */
enum {
	LINE_BYTES = 512
};

static void take_line(char *line, struct hr_symbol *symbols, size_t count)
{
	char *rest = line, *address = strsep(&rest, " "), *name;
	uint64_t va;

	strsep(&rest, " ");
	name = strsep(&rest, "\t\n");
	va = strtoull(address, NULL, 16);
	for (size_t i = 0; name && va && i < count; i++) {
		if (symbols[i].found || strcmp(symbols[i].name, name))
			continue;
		symbols[i].found = true;
		symbols[i].va = va;
	}
}

struct hr_error *hr_proc_kallsyms_find(struct hr_symbol *symbols, size_t count)
{
	FILE *file = fopen(KALLSYMS_FILE, "re");
	char line[LINE_BYTES];
	bool failed;

	if (!file)
		return hr_error_errno(errno, "cannot open " KALLSYMS_FILE);
	while (fgets(line, sizeof(line), file))
		take_line(line, symbols, count);
	failed = ferror(file);
	fclose(file);
	return failed ? hr_error_new(HR_ERROR_OS, "cannot read " KALLSYMS_FILE) : NULL;
}
