/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The changes of the command line, which a kernel is told of. */
#ifndef HR_CHANGE_LIST_H
#define HR_CHANGE_LIST_H

#include "cli/session.h"

/*
 * Tell the session's kernel of the changes in its options, in order. Errors: those of
 * hr_range_spec_resolve() and hr_kernel_predict_added(), which name the option.
 */
struct hr_error *hr_changes_apply(const struct hr_session *session);

#endif
