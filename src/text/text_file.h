/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A text that people hand in, as plain lines again. On its way it may have been a mail, a web page,
 * a log or what a tool has made of it. Cleaning takes away only what is known not to be of the
 * text; what is not clear is an error that names the line.
 */
#ifndef HR_TEXT_FILE_H
#define HR_TEXT_FILE_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>

/* Longer texts, in bytes, are refused, as the parser of page tables does. */
enum {
	HR_TEXT_MAX = 256 << 20
};

/* A text in memory, which ends with a NUL that @len does not count. */
struct hr_text {
	char *bytes;
	size_t len;
	bool is_cut; /* the file ends inside a line */
};

/* What the lines of one kind of text look like. */
struct hr_text_form {
	const char *what; /* of a line, for messages: "the addresses" */
	bool is_alone;	  /* a line has it only once */
	/*
	 * Find what a line of this kind begins with in the @len bytes at @line, which may have
	 * something before it. Returns its offset, @len if there is none.
	 */
	size_t (*find)(const char *line, size_t len);
	/* Is the line of @len bytes at @line that of a quoted-printable text? */
	bool (*is_encoded)(const char *line, size_t len);
};

/*
 * Read @fd, from its beginning unless it is standard input, up to @limit bytes and one more, and
 * clean it:
 * codings, line ends, blanks and colours, and if @form is not NULL, also markup and what stands
 * before the lines. @ret->bytes belongs to the caller. Errors: HR_ERROR_OS if it cannot be read,
 * HR_ERROR_INPUT if it is not a text or not a clear one, HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_text_read(int fd, size_t limit, const struct hr_text_form *form,
			      struct hr_text *ret);

/* The same for the @ret->len bytes at @ret->bytes. */
struct hr_error *hr_text_clean(const struct hr_text_form *form, struct hr_text *ret);

/* Is there a line in @text in which @find, which is as in struct hr_text_form, finds something? */
bool hr_text_has(const struct hr_text *text, size_t (*find)(const char *line, size_t len));

#endif
