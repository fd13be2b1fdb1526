/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sink in some form of output, for answers about a fake kernel, and what it prints. */
#ifndef HR_TEST_TOLD_H
#define HR_TEST_TOLD_H

#include "fake.h"

#include <stdio.h>

#include "api/kernel.h"
#include "report/sink.h"

struct told {
	struct fake_kernel fake; /* with nothing mapped */
	struct hr_kernel kernel;
	struct hr_options options;
	struct hr_inputs inputs;
	struct hr_source source;
	struct hr_session session;
	struct hr_sink *sink;
	/* The real standard output. */
	FILE *usual;
	char *text;
	size_t size;
};

/* Begin a sink with the operations @ops, and capture standard output. */
void told_begin(struct told *told, const struct hr_sink_ops *ops);

/* The text printed so far. */
const char *told_text(struct told *told);

/* The text so far has this whole line, has this part, or does not have it. */
void assert_line(struct told *told, const char *line);
void assert_text(struct told *told, const char *part);
void assert_no_text(struct told *told, const char *part);

/* Forget the text printed so far, before another row of a table is tried. */
void told_forget(struct told *told);

/* Read the kernel's tables again, as a later round does. */
void told_reopen(struct told *told);

void told_end(struct told *told);

#endif
