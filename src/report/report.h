/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report: every query of the command line is answered and its answer printed at once, as text
 * or as JSON, so that memory does not grow with the machine.
 */
#ifndef HR_REPORT_H
#define HR_REPORT_H

#include "cli/session.h"
#include "report/report_json.h"
#include "report/report_meter.h"
#include "report/watch.h"
#include "report/work.h"

/* What all the answers amount to. */
struct hr_summary {
	uint64_t ranges;
	uint64_t verdicts[3];	 /* by enum hr_verdict */
	uint32_t ignored;	 /* reasons that do not count, by bit */
	struct hr_answer *worst; /* the first that is not removable, else the first unknown */
	bool incomplete;	 /* something that was asked for could not be read */
	bool differs;		 /* the walk and the kernel's text of it */
	bool nothing_found;	 /* no range to suggest, though everything could be read */
	uint64_t wanted;	 /* bytes that a suggestion has at least; 0: none was asked for */
	uint64_t suggestions;
	struct hr_pa_range best; /* of them */
	uint64_t differences;	 /* of walk and text */
	uint64_t leaves;	 /* that were compared */
	uint64_t blocks, removable_blocks;
	uint64_t block_size;	       /* bytes */
	uint64_t mapped[HR_MAP_COUNT]; /* bytes, by --map */
};

/* The text that a kernel is compared with, as something to walk. */
struct hr_verify_text;

/* A report in the making. */
struct hr_report {
	const struct hr_session *session;
	struct hr_kernel *kernel;	  /* the session's */
	const struct hr_pa_range *ranges; /* as many as the options have */
	struct hr_watch *watch;		  /* NULL: nobody asks what has changed */
	bool silent;			  /* answers go to @watch alone */
	struct hr_meter *meter;		  /* shows how far the report is */
	struct hr_work work;
	struct hr_json json;
	struct hr_summary summary;
	/* What was found before anything is printed, as it may fail. */
	struct hr_verify_text *text;
	struct hr_suggestions suggestions;
};

/* Is the report text for people? JSON? */
bool hr_report_is_text(const struct hr_report *report);
bool hr_report_is_json(const struct hr_report *report);

/*
 * Answer all queries, printing on standard output. What the input can make fail fails before
 * anything is printed; an error of memory, of output, or of a limit in --watch, may come in the midst
 * of it. The functions below do it for one query each, and leave a list or null in a JSON document.
 */
struct hr_error *hr_report_print(struct hr_report *report);
struct hr_error *hr_report_blocks(struct hr_report *report);
struct hr_error *hr_report_map(struct hr_report *report);
struct hr_error *hr_report_suggestions(struct hr_report *report);
struct hr_error *hr_report_verify(struct hr_report *report);

/*
 * Has all that was printed arrived, as far as it is out? HR_ERROR_OUTPUT if not: whoever prints
 * line after line need not go on.
 */
struct hr_error *hr_report_check_output(void);

/*
 * Print that @key was @before and is @after in this round, either of which may be NULL; @first
 * begins the changes of a round. False without memory.
 */
bool hr_report_change(const struct hr_report *report, bool first, const char *key,
		      const char *before, const char *after);

/* Open the text of --verify-ptdump; errors as hr_ptdump_read() and hr_ptdump_tables_create(). */
struct hr_error *hr_report_open_text(const struct hr_session *session, struct hr_verify_text **ret);
void hr_report_close_text(struct hr_verify_text *text);

/* Free what @report holds. */
void hr_report_release(struct hr_report *report);

#endif
