/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A compressed AVML file, and the source made from it. */
#ifndef HR_TEST_AVML_FIXTURE_H
#define HR_TEST_AVML_FIXTURE_H

#include "avml_file.h"
#include "source/avml.h"

extern struct avml_file file;
extern struct hr_source source;
extern void *library; /* libsnappy */

/* Of all tests: load the library, and release it. */
int load(void **state);
int unload(void **state);

/* Of each test: an empty file. */
int set_up(void **state);
int tear_down(void **state);

/* Begin another file in the place of the one before. */
void begin(void);

struct hr_error *open_file(void);

#endif
