/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The style sheet of a page, and the patterns of its pictures. */
#ifndef HR_HTML_STYLE_H
#define HR_HTML_STYLE_H

/* The content of the style element. */
extern const char hr_html_style[];

/* The SHA-256 of it in base 64, by which the policy allows it. A test compares them. */
extern const char hr_html_style_hash[];

/* Patterns, which the style sheet fills boxes with: colour is not all that tells them apart. */
extern const char hr_html_patterns[];

#endif
