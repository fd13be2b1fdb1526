// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/verify_text.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "ptdump/ptdump_tables.h"
#include "source/ptdump_file.h"

struct hr_verify_text {
	struct hr_ptdump *ptdump;
	struct hr_ptdump_tables *tables;
	struct hr_memory memory;
	struct hr_walker *walker;
};

void hr_verify_text_destroy(struct hr_verify_text *text)
{
	if (!text)
		return;
	hr_walker_destroy(text->walker);
	hr_ptdump_tables_destroy(text->tables);
	hr_ptdump_destroy(text->ptdump);
	free(text);
}

static void cleanup(struct hr_verify_text **text)
{
	hr_verify_text_destroy(*text);
}

struct hr_error *hr_verify_text_open(const struct hr_session *session, struct hr_verify_text **ret)
{
	_cleanup_(cleanup) struct hr_verify_text *text = calloc(1, sizeof(*text));
	const char *path = session->options->verify_path;
	const struct hr_layout *layout = &session->kernel->layout;
	struct hr_error *error;

	if (!text)
		return hr_error_no_memory();
	error = hr_ptdump_read(session->inputs->verify_fd, path, &text->ptdump);
	if (error)
		return error;
	error = hr_ptdump_tables_create(text->ptdump, layout, &text->tables);
	if (error)
		return hr_error_context(error, "%s", path);
	text->memory = hr_ptdump_tables_memory(text->tables);
	error = hr_walker_create(&layout->geo, &text->memory, hr_ptdump_root_pa(&layout->geo),
				 &text->walker);
	if (!error)
		*ret = hr_take(text);
	return error;
}

struct hr_walker *hr_verify_text_walker(const struct hr_verify_text *text)
{
	return text->walker;
}
