/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What mails and web pages put into the lines of a text: quoted-printable and HTML. */
#ifndef HR_TEXT_MARKUP_H
#define HR_TEXT_MARKUP_H

#include "text/text_file.h"

/* Stands for an equals sign that quoted-printable does not have. */
enum {
	HR_DAMAGED = 0x7f
};

/*
 * Decode the *@len bytes at @text in place if a line of @form shows that they are quoted-printable.
 * An equals sign that is not of that coding becomes HR_DAMAGED, which no line of interest has.
 * Returns false if they are not.
 */
bool hr_text_decode_printable(const struct hr_text_form *form, char *text, size_t *len);

/*
 * Take HTML out of the *@len bytes at @text, in place: tags that only format, and tags that end a
 * line; characters come back for their names.
 */
void hr_text_drop_html(char *text, size_t *len);

#endif
