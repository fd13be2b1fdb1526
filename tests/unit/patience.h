/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_TEST_PATIENCE_H
#define HR_TEST_PATIENCE_H

/*
 * Seconds that src/source/kdump_process.c waits for an answer in its test, which includes this file
 * first: many if an answer will come, however slow the machine, and few if none will.
 */
extern int patience;

#endif
