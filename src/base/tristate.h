/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers that may be unknown. */
#ifndef HR_TRISTATE_H
#define HR_TRISTATE_H

/* A yes or no that may be unknown. */
enum hr_tristate {
	HR_UNKNOWN = -1,
	HR_NO = 0,
	HR_YES = 1,
};

#endif
