/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats of compressed files, each by the library of its codec. A file has one member, or several
 * one after the other, of which each has its own header and checksum.
 */
#ifndef HR_CODEC_H
#define HR_CODEC_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/library.h"

enum {
	HR_CODEC_TAIL = 16 /* last bytes of a file, which may show that it does not end early */
};

/* What is there to read and to fill; a step moves both on. */
struct hr_piece {
	const unsigned char *in;
	size_t in_len;
	unsigned char *out;
	size_t out_len;
	const char *why; /* of HR_STEP_DAMAGED */
};

enum hr_step {
	HR_STEP_MORE, /* it wants more input, or more room */
	HR_STEP_END,  /* the member is complete, and its checksum is right */
	HR_STEP_DAMAGED,
	HR_STEP_NO_MEMORY,
};

/* A new codec is one row. */
struct hr_codec {
	const char *name;
	const char *magic; /* of each member */
	size_t len;	   /* of the magic, bytes */
	/* NULL without memory. */
	void *(*create)(void);
	enum hr_step (*step)(void *state, struct hr_piece *piece);
	/* Prepare for another member. Returns false without memory. */
	bool (*restart)(void *state);
	void (*destroy)(void *state);
	/*
	 * Are the HR_CODEC_TAIL bytes at @tail the end of a member with roughly @size bytes of
	 * content? May be NULL: a member's end does not show.
	 */
	bool (*is_end)(const unsigned char *tail, uint64_t size);
	/* Its library, which is loaded when a file needs it. NULL: the program is linked to it. */
	const struct hr_library_form *library;
	void **loaded; /* NULL: not yet */
};

/* The codec of a file that begins with the @len bytes at @head, NULL if there is none. */
const struct hr_codec *hr_codec_find(const void *head, size_t len);

/*
 * Load the library of @codec, for as long as the program runs. A sandbox does not allow it. Error:
 * as hr_library_load().
 */
struct hr_error *hr_codec_load(const struct hr_codec *codec);

/* Can @codec be used? */
bool hr_codec_is_loaded(const struct hr_codec *codec);

#endif
