/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time of an answer about a kernel that runs on. */
#ifndef HR_CLOCK_H
#define HR_CLOCK_H

/* Room for a time. */
struct hr_clock_text {
	char text[32];
};

/* The local time in whole seconds, "2026-08-30 14:03:59"; empty if there is none. */
struct hr_clock_text hr_clock_now(void);

#endif
