/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of --verify-ptdump in a form that can be walked. */
#ifndef HR_VERIFY_TEXT_H
#define HR_VERIFY_TEXT_H

#include "cli/session.h"

struct hr_verify_text;

/*
 * Read the text that the options of @session name, and turn it into tables of the session's kernel.
 * @session must outlive it. Errors: those of hr_ptdump_read() and hr_ptdump_tables_create().
 */
struct hr_error *hr_verify_text_open(const struct hr_session *session, struct hr_verify_text **ret);
void hr_verify_text_destroy(struct hr_verify_text *text);

/* A walker over those tables, owned by @text. */
struct hr_walker *hr_verify_text_walker(const struct hr_verify_text *text);

#endif
