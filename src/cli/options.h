/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#ifndef HR_OPTIONS_H
#define HR_OPTIONS_H

#include <hotremove/hotremove.h>

#include "cli/change_spec.h"
#include "cli/range_spec.h"
#include "source/source.h"

#define HR_KCORE_USUAL "/proc/kcore" /* below the root directory */

/* More ranges than this are refused. */
enum {
	HR_RANGES_MAX = 4096, /* given, or meant by what is given */
	HR_CHANGES_MAX = 64,
	HR_ECHO_MAX = 64,
	HR_WATCH_MAX = 86400,
	HR_TIMEOUT_MAX = 86400
};

struct hr_sink_ops; /* report/sink.h */

/* The form of the table of memory blocks. */
enum hr_table_form {
	HR_TABLE_TEXT,
	HR_TABLE_PAIRS, /* KEY="value" */
	HR_TABLE_RAW,	/* a space between columns */
};

/* A form of output that the command line can ask for. */
struct hr_output {
	const char *name; /* of its option; NULL: the default form, which has none */
	const char *help;
	const struct hr_sink_ops *ops;
	/* Other than text: it has the table of memory blocks, and nothing else. */
	enum hr_table_form form;
	int letter;    /* 0: none */
	bool is_mute;  /* it prints nothing: the exit status is the answer */
	bool is_page;  /* it shows one moment; without a query, memory blocks and maps */
	bool explains; /* it also prints the rule behind each reason */
};

/* All forms, the default one first. */
struct hr_output_table {
	const struct hr_output *rows;
	size_t count;
	/* The name of a column of the table of memory blocks; NULL after the last. */
	const char *(*column)(size_t index, const char **ret_help);
};

struct hr_options {
	bool help, usage, version;
	/*
	 * Why one process does everything with all its privileges, for the output; NULL if it does
	 * not. The parser knows one reason; main() may find others.
	 */
	const char *no_sandbox;
	const struct hr_output_table *outputs;
	const struct hr_output *output; /* the chosen form */

	bool has_source;
	/* HR_SOURCE_BY_CONTENT until the file is opened, if no option says it */
	enum hr_source_kind kind;
	const char *paths[HR_SPLIT_MAX];
	size_t path_count;
	const char *sysroot; /* NULL: the root directory is that of this system */
	bool is_usual_kcore; /* the source is HR_KCORE_USUAL, which no option names */
	char *kcore;	     /* its path */

	struct hr_range_spec *ranges;
	size_t range_count;
	const char *ranges_from;	/* NULL: no file of ranges */
	struct hr_change_spec *changes; /* that have not happened, in order */
	size_t change_count;
	bool blocks, map, devices;
	bool pages;		 /* answers also depend on what lies in the memory */
	uint64_t suggest;	 /* bytes that --suggest looks for; 0: not given */
	const char *verify_path; /* NULL: the walk is not compared with a text */
	const char *diff_path;	 /* NULL: the source is not compared with another one */
	const char *save_path;	 /* NULL: no snapshot is saved */
	bool redact;		 /* the snapshot is redacted */
	bool has_seed;
	uint64_t seed;		 /* of what is random in it, if it was given */
	const char *report_path; /* NULL: answers go to standard output */
	unsigned int watch;	 /* seconds between two rounds; 0: a single round */
	unsigned int timeout;	 /* seconds that an answer may take; 0: no limit */

	/* The table of memory blocks. */
	bool all;	  /* equal neighbours are not folded */
	bool bytes;	  /* sizes in bytes */
	bool no_headings; /* no line of column names */
	bool all_columns;
	const char *columns; /* NULL: the default columns */
	const char *split;   /* the columns that begin a row; NULL: those shown */

	const char *vmcoreinfo_path; /* NULL: the source's own note */
	struct hr_overrides overrides;
	enum hr_given tlbi_range, repeat_tlbi;
	enum hr_teardown teardown; /* unknown: derived from the release, as are the next two */
	enum hr_flush flush;
	enum hr_guard guard;
	enum hr_calls calls;
	enum hr_mapping mapping;
	uint32_t ignored; /* bit (1 << enum hr_reason_code) */

	char *echoes[HR_ECHO_MAX]; /* the overrides as given: "va-bits=48" */
	size_t echo_count;
};

/* Do the options contain any query, apart from those in a file of ranges? */
bool hr_options_have_query(const struct hr_options *options);

/*
 * Make the file at @path the source, which is of @kind, or one more file of it: several files are
 * the parts of a dump, also those whose kind is not known yet. Error HR_ERROR_USAGE: there is
 * another source, or there are too many files.
 */
struct hr_error *hr_options_add_source(struct hr_options *options, enum hr_source_kind kind,
				       const char *path);

/*
 * Check that the options make sense together, as far as that does not depend on a kind of source
 * that is not known yet. Error HR_ERROR_USAGE.
 */
struct hr_error *hr_options_check(const struct hr_options *options);

/* Check that they make sense for a source of @kind. Error HR_ERROR_USAGE. */
struct hr_error *hr_options_check_kind(const struct hr_options *options, enum hr_source_kind kind);

/* Check that --diff can compare with a file of @kind. Error HR_ERROR_USAGE. */
struct hr_error *hr_options_check_other(enum hr_source_kind kind);

/* Is the running kernel the source, so that /proc and /sys apply to it? */
bool hr_options_name_running(const struct hr_options *options);

/* Do proc and sys below the root directory say what is true of the source's memory? */
bool hr_options_have_tree(const struct hr_options *options);

/* The root directory as the beginning of paths: "" for "/". */
const char *hr_options_root(const struct hr_options *options);

/* Find the path of the usual source, if that is the source. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_options_find_kcore(struct hr_options *options);

/* Ask for the memory of the device @name, or of NUMA node @node. Error HR_ERROR_USAGE: too many. */
struct hr_error *hr_options_add_device(struct hr_options *options, const char *name);
struct hr_error *hr_options_add_node(struct hr_options *options, unsigned int node);

/* The name of the input at @path in messages: "-" is standard input. */
const char *hr_input_name(const char *path);

/* Free what @options owns. */
void hr_options_release(struct hr_options *options);

/* Check the syntax of a range, whose @text is plain (cli/range_text.h), and add it to @options. */
struct hr_error *hr_options_add_range(struct hr_options *options, const char *text);

/* Check the syntax of a change of @kind, and add it to @options. */
struct hr_error *hr_options_add_change(struct hr_options *options, enum hr_predicted_kind kind,
				       const char *text);

#endif
