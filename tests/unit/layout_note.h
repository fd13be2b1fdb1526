/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes, and the layouts derived from them. */
#ifndef HR_TEST_LAYOUT_NOTE_H
#define HR_TEST_LAYOUT_NOTE_H

#include "fake.h"

/* hr_layout_init() with the text of @note; @overrides may be NULL. */
struct hr_error *layout_of(const struct fake_note *note, const struct hr_overrides *overrides,
			   struct hr_layout *ret);

/* The same, for a note that must succeed. */
struct hr_layout good_layout(const struct fake_note *note);

/* The default note with @key replaced. */
struct fake_note note_with(const char *key, const char *value);

/* A note of @shape and @release, with memory from PA 0 on, up to the width in use. */
struct fake_note note_of(const struct fake_shape *shape, const char *release);

#endif
