/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How options store their values: each of these is the setter of one or more rows. */
#ifndef HR_OPTION_SETTERS_H
#define HR_OPTION_SETTERS_H

#include "cli/option_table.h"

hr_option_fn hr_set_flag;      /* a bool at @member */
hr_option_fn hr_set_text;      /* a const char * at @member */
hr_option_fn hr_set_text_once; /* the same, but may be given only once */
hr_option_fn hr_set_assumed;   /* the same, and the output repeats it as an override */
hr_option_fn hr_set_seconds;   /* an unsigned int at @member, from 1 to @which */
hr_option_fn hr_set_override;  /* @which is the enum hr_override_key */
hr_option_fn hr_set_source;    /* @which is the enum hr_source_kind */
hr_option_fn hr_set_output;    /* @which is its row in the table of output forms */
hr_option_fn hr_set_report;    /* a const char * at @member: the file of a page */
hr_option_fn hr_set_range;
hr_option_fn hr_set_device;
hr_option_fn hr_set_node;    /* a number below @which */
hr_option_fn hr_set_sysroot; /* a const char * at @member: a directory */
hr_option_fn hr_set_change;  /* @which is the enum hr_predicted_kind */
hr_option_fn hr_set_suggest;
hr_option_fn hr_set_redact;
hr_option_fn hr_set_no_sandbox;
hr_option_fn hr_set_assume; /* a list of KEY=VALUE */
hr_option_fn hr_set_ignore; /* a list of reasons */

#endif
