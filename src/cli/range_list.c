// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/range_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/device_memory.h"
#include "cli/range_text.h"
#include "text/text_file.h"

enum {
	LINE_MAX_BYTES = 4096,
	LINES_MAX = 1 << 20, /* including comments and empty lines */
};

/* The lines of lsmem around its table begin with one of these. */
static const char *const around_table[] = {
	"RANGE",
	"Memory block size:",
	"Total online memory:",
	"Total offline memory:",
};

static bool begins_with(const char *line, const char *words)
{
	size_t len = strlen(words);

	return !strncmp(line, words, len) && strchr(" \t", line[len]);
}

/* Make plain text of @line, without its comment. Returns false if it is not for a range. */
static bool is_for_range(char *line)
{
	line[strcspn(line, "#")] = '\0';
	hr_range_text_clean(line);
	for (size_t i = 0; i < sizeof(around_table) / sizeof(around_table[0]); i++)
		if (begins_with(line, around_table[i]))
			return false;
	return *line;
}

static struct hr_error *read_lines(struct hr_options *options, FILE *file)
{
	const char *name = hr_input_name(options->ranges_from);
	char line[LINE_MAX_BYTES];

	for (unsigned int number = 1; fgets(line, sizeof(line), file); number++) {
		struct hr_error *error = NULL;

		if (!strchr(line, '\n') && !feof(file))
			return hr_error_new(
				HR_ERROR_USAGE,
				"%s:%u: the line is longer than %d bytes, or is not text", name,
				number, LINE_MAX_BYTES - 2);
		if (number > LINES_MAX)
			return hr_error_new(HR_ERROR_USAGE,
					    "%s has too many lines: the limit is %d", name,
					    LINES_MAX);
		if (is_for_range(line))
			error = hr_options_add_range(options, line);
		if (error)
			return hr_error_context(error, "%s:%u", name, number);
	}
	return NULL;
}

/* Text is cleaned in one place, which then does the part of the file. */
static struct hr_error *read_text(struct hr_options *options, const struct hr_text *text)
{
	FILE *file = fmemopen(text->bytes, text->len, "r");
	struct hr_error *error;

	if (!file)
		return hr_error_no_memory();
	error = read_lines(options, file);
	fclose(file);
	return error;
}

struct hr_error *hr_ranges_read(struct hr_options *options, int fd)
{
	const char *path = options->ranges_from;
	struct hr_text text;
	struct hr_error *error;

	if (!path)
		return NULL;
	error = hr_text_read(fd, HR_TEXT_MAX, NULL, &text);
	if (fd != STDIN_FILENO)
		close(fd);
	/* A file of ranges is a part of the command line. */
	if (error && error->code == HR_ERROR_INPUT)
		error->code = HR_ERROR_USAGE;
	if (error)
		return hr_error_context(error, "%s", hr_input_name(path));
	error = text.len > HR_TEXT_MAX
			? hr_error_new(HR_ERROR_USAGE, "%s is longer than the limit of %d MiB",
				       hr_input_name(path), HR_TEXT_MAX >> 20)
			: NULL;
	if (!error && text.len)
		error = read_text(options, &text);
	free(text.bytes);
	return error;
}

static struct hr_error *resolve(const struct hr_session *session, const struct hr_range_spec *spec,
				struct hr_asked_list *ret)
{
	const struct hr_range_limits limits = hr_session_limits(session);
	struct hr_asked asked = { .node = HR_NO_NODE };
	struct hr_error *error;

	if (spec->device || spec->is_node)
		return hr_device_memory_add(session, spec, ret);
	error = hr_range_spec_resolve(spec, &limits, &asked.range.start, &asked.range.end);
	return error ? error : hr_asked_add(ret, &asked);
}

struct hr_error *hr_ranges_resolve(const struct hr_session *session, struct hr_asked_list *ret)
{
	const struct hr_options *options = session->options;
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < options->range_count; i++)
		error = resolve(session, &options->ranges[i], ret);
	for (size_t i = 0; !error && i < ret->count; i++)
		error = hr_kernel_check_range(session->kernel, &ret->list[i].range);
	return error;
}
