/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#ifndef HR_OPTIONS_H
#define HR_OPTIONS_H

#include "cli/range_spec.h"
#include "kernel/evidence.h"
#include "kernel/layout.h"
#include "kernel/models.h"
#include "source/source.h"

#define HR_KCORE_USUAL "/proc/kcore"

/* More ranges than this are refused. */
enum {
	HR_RANGES_MAX = 4096,
	HR_ECHO_MAX = 64,
	HR_WATCH_MAX = 86400,
	HR_TIMEOUT_MAX = 86400
};

struct hr_sink_ops; /* report/sink.h */

/* A form of output that the command line can ask for. */
struct hr_output {
	const char *name; /* of its option; NULL: the usual one, which has none */
	const char *help;
	const struct hr_sink_ops *ops;
	int letter;    /* 0: it has none */
	bool is_mute;  /* it prints nothing: the exit status says it all */
	bool explains; /* the rule behind each reason too */
};

/* All of them, the usual one first. */
struct hr_output_table {
	const struct hr_output *rows;
	size_t count;
};

struct hr_options {
	bool help, usage, version;
	/*
	 * NULL, or why everything is done in one process with all its rights, for the output. The
	 * parser knows one reason; who starts the program may find others.
	 */
	const char *no_sandbox;
	const struct hr_output_table *outputs;
	const struct hr_output *output; /* one of them */

	bool has_source;
	enum hr_source_kind kind;
	const char *paths[HR_SPLIT_MAX];
	size_t path_count;

	struct hr_range_spec *ranges;
	size_t range_count;
	const char *ranges_from; /* NULL: no file of ranges */
	bool blocks, map;
	uint64_t suggest;	 /* bytes that --suggest looks for; 0: it was not given */
	const char *verify_path; /* NULL: no text to compare the walk with */
	unsigned int watch;	 /* seconds between two rounds; 0: one round */
	unsigned int timeout;	 /* seconds that an answer may take; 0: as long as it takes */

	/* How the table of memory blocks looks. */
	bool all;	     /* neighbours that agree are not folded */
	bool bytes;	     /* sizes in bytes */
	bool no_headings;    /* no line of column names */
	const char *columns; /* NULL: those that are usual */

	const char *vmcoreinfo_path; /* NULL: the source's own note */
	struct hr_overrides overrides;
	enum hr_tristate tlbi_range, repeat_tlbi;
	enum hr_teardown teardown; /* unknown: what the release suggests, as with the next two */
	enum hr_flush flush;
	enum hr_guard guard;
	enum hr_calls calls;
	uint32_t ignored; /* bit (1 << enum hr_reason_code) */

	char *echoes[HR_ECHO_MAX]; /* the overrides as they were given: "va-bits=48" */
	size_t echo_count;
};

/* Is anything asked for, but for what a file of ranges may hold? */
bool hr_options_have_query(const struct hr_options *options);

/* Do all options together make sense? Error HR_ERROR_USAGE. */
struct hr_error *hr_options_check(const struct hr_options *options);

/* Is the running kernel the source, so that what /proc and /sys say holds for it? */
bool hr_options_name_running(const struct hr_options *options);

/* Free what @options holds. */
void hr_options_release(struct hr_options *options);

/* Add a range to @options, which checks its grammar. */
struct hr_error *hr_options_add_range(struct hr_options *options, const char *text);

#endif
