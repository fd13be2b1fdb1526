/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_TEST_PATIENCE_H
#define HR_TEST_PATIENCE_H

/*
 * Seconds that src/source/kdump_process.c waits for an answer in its test, which includes this first: many
 * where one comes, on however slow a machine, and few where none does.
 */
extern int patience;

#endif
