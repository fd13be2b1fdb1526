// SPDX-License-Identifier: GPL-2.0-or-later
#include "told.h"

#include <stdlib.h>
#include <string.h>

#include "api/kernel_steps.h"

enum {
	SHAPE_4K = 1
};

static struct hr_output output;

void told_reopen(struct told *told)
{
	struct hr_kernel *kernel = &told->kernel;

	hr_walker_destroy(kernel->walker);
	assert_success(hr_walker_create(&kernel->layout.geo, &told->fake.fake.memory,
					kernel->layout.swapper_pa, &kernel->walker));
}

static void capture(struct told *told)
{
	stdout = open_memstream(&told->text, &told->size);
	assert_non_null(stdout);
}

void told_begin(struct told *told, const struct hr_sink_ops *ops)
{
	struct hr_kernel *kernel = &told->kernel;

	*told = (struct told){
		.kernel = { .memory_block_size = MIB(128), .has_phys_offset = true },
		.source = { .kind = HR_SOURCE_VMCORE, .format = "elf" },
		.options = { .paths = { "core" }, .path_count = 1 },
	};
	fake_kernel_init(&told->fake, &fake_shapes[SHAPE_4K], GIB(2));
	kernel->layout = told->fake.layout;
	hr_kernel_state_facts(kernel);
	told_reopen(told);
	told->session = (struct hr_session){
		.options = &told->options,
		.inputs = &told->inputs,
		.source = &told->source,
		.kernel = kernel,
	};
	output = (struct hr_output){ .ops = ops };
	told->options.output = &output;
	assert_success(hr_sink_create(&output, &told->session, &told->sink));
	told->usual = stdout;
	capture(told);
}

const char *told_text(struct told *told)
{
	fflush(stdout);
	return told->text;
}

/* Is @line one of the lines of @text? */
static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *at = text; (at = strstr(at, line)); at++)
		if ((at == text || at[-1] == '\n') && at[len] == '\n')
			return true;
	return false;
}

void assert_line(struct told *told, const char *line)
{
	if (!has_line(told_text(told), line))
		fail_msg("no line \"%s\" in:\n%s", line, told->text);
}

void assert_text(struct told *told, const char *part)
{
	if (!strstr(told_text(told), part))
		fail_msg("no \"%s\" in:\n%s", part, told->text);
}

void assert_no_text(struct told *told, const char *part)
{
	if (strstr(told_text(told), part))
		fail_msg("\"%s\" in:\n%s", part, told->text);
}

void told_forget(struct told *told)
{
	fclose(stdout);
	free(told->text);
	capture(told);
}

void told_end(struct told *told)
{
	fclose(stdout);
	stdout = told->usual;
	free(told->text);
	hr_sink_destroy(told->sink);
	hr_kernel_forget_changes(&told->kernel);
	hr_walker_destroy(told->kernel.walker);
	fake_kernel_release(&told->fake);
}
