// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/other.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

static void attach(void *context, struct hr_memory *memory)
{
	(void)context;
	(void)memory;
}

static struct hr_options options_of(const struct hr_options *options, enum hr_source_kind kind)
{
	return (struct hr_options){
		.no_sandbox = options->no_sandbox,
		.outputs = options->outputs,
		.output = options->output,
		.has_source = true,
		.kind = kind,
		.paths = { options->diff_path },
		.path_count = 1,
		.diff_path = options->diff_path,
		.range_count = options->range_count,
		.tlbi_range = options->tlbi_range,
		.repeat_tlbi = options->repeat_tlbi,
		.teardown = options->teardown,
		.flush = options->flush,
		.guard = options->guard,
		.calls = options->calls,
		.mapping = options->mapping,
		.ignored = options->ignored,
	};
}

/* Let the kernel of @session say what the other one says in @text. */
static struct hr_error *repeat(const struct hr_session *session, const char *text,
			       struct hr_other *other)
{
	char **last = &other->warnings[other->warning_count];

	if (asprintf(last, "--diff: %s", text) < 0) {
		*last = NULL;
		return hr_error_no_memory();
	}
	other->warning_count++;
	hr_kernel_warn(session->kernel, *last);
	return NULL;
}

static struct hr_error *repeat_all(const struct hr_session *session, struct hr_other *other)
{
	const struct hr_incomplete *incomplete = &other->session.source->incomplete;
	size_t count;
	const char *const *told = hr_kernel_warnings(other->session.kernel, &count);
	struct hr_error *error = NULL;

	other->warnings = calloc(count + 1, sizeof(*other->warnings));
	if (!other->warnings)
		return hr_error_no_memory();
	if (incomplete->is_set) {
		char lack[HR_INCOMPLETE_TEXT];

		hr_incomplete_describe(incomplete, lack);
		error = repeat(session, lack, other);
	}
	for (size_t i = 0; !error && i < count; i++)
		error = repeat(session, told[i], other);
	return error;
}

/* A compressed file may have turned out to hold a text, which may lack more than it should. */
static struct hr_error *check_kind(const struct hr_source *source, struct hr_error *error)
{
	struct hr_error *wrong = source ? hr_options_check_other(source->kind) : NULL;

	if (!wrong)
		return error;
	hr_error_destroy(error);
	return wrong;
}

static struct hr_error *open_session(const struct hr_session *session, struct hr_other *ret)
{
	static const struct hr_observer observer = { .attach = attach };
	struct hr_error *error =
		hr_session_open(&ret->options, &ret->inputs, &observer, &ret->session);

	error = check_kind(ret->session.source, error);
	if (!error)
		error = hr_inventory_create(ret->session.kernel, true, &ret->inventory);
	return error ? error : repeat_all(session, ret);
}

struct hr_error *hr_other_open(const struct hr_session *session, struct hr_other *ret)
{
	struct hr_inputs *inputs = session->inputs;
	struct hr_error *error;

	*ret = (struct hr_other){ .is_open = true,
				  .options = options_of(session->options, inputs->other.kind) };
	hr_inputs_take_other(inputs, &ret->inputs);
	error = open_session(session, ret);
	return error ? hr_error_context(error, "--diff") : NULL;
}

void hr_other_close(struct hr_other *other)
{
	if (!other->is_open)
		return;
	hr_inventory_destroy(other->inventory);
	hr_session_close(&other->session);
	hr_inputs_close(&other->inputs);
	for (size_t i = 0; i < other->warning_count; i++)
		free(other->warnings[i]);
	free(other->warnings);
	*other = (struct hr_other){ .inventory = NULL };
}
