// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_strip.h"

#include <stdarg.h>

#include "report/html_text.h"

enum {
	TEXT_SIZE = 256,
	LEAST = 30 /* of the width; less would not be seen */
};

unsigned int hr_html_share(uint64_t part, uint64_t whole)
{
	while (whole >> 48) {
		whole >>= 8;
		part >>= 8;
	}
	return (unsigned int)(part * HR_HTML_WHOLE / whole);
}

bool hr_html_place(uint64_t start, uint64_t end, uint64_t from, uint64_t to,
		   struct hr_html_box *ret)
{
	if (start < from)
		start = from;
	if (end > to)
		end = to;
	if (start >= end)
		return false;
	ret->x = hr_html_share(start - from, to - from);
	ret->width = hr_html_share(end - from, to - from) - ret->x;
	if (ret->width < LEAST)
		ret->width = LEAST;
	if (ret->x > HR_HTML_WHOLE - ret->width)
		ret->x = HR_HTML_WHOLE - ret->width;
	return true;
}

__attribute__((format(printf, 2, 0))) static void put_format(FILE *stream, const char *format,
							     va_list arguments)
{
	char text[TEXT_SIZE];

	vsnprintf(text, sizeof(text), format, arguments);
	hr_html_put(stream, text);
}

void hr_html_strip_begin(FILE *stream, unsigned int height, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fprintf(stream, "<svg width=\"100%%\" height=\"%u\" role=\"img\" aria-label=\"", height);
	put_format(stream, format, arguments);
	fputs("\">", stream);
	va_end(arguments);
}

void hr_html_strip_plain(FILE *stream, unsigned int height)
{
	fprintf(stream,
		"<svg width=\"100%%\" height=\"%u\" aria-hidden=\"true\" focusable=\"false\">",
		height);
}

void hr_html_strip_end(FILE *stream)
{
	fputs("</svg>", stream);
}

/* Without zeros that say nothing: there may be thousands of them. */
static void put_share(FILE *stream, const char *name, unsigned int share)
{
	unsigned int rest = share % 100;

	fprintf(stream, " %s=\"%u", name, share / 100);
	if (rest % 10)
		fprintf(stream, ".%02u", rest);
	else if (rest)
		fprintf(stream, ".%u", rest / 10);
	fputs("%\"", stream);
}

static void put_box(FILE *stream, const char *class, struct hr_html_box box)
{
	fprintf(stream, "<rect class=\"%s\"", class);
	put_share(stream, "x", box.x);
	put_share(stream, "width", box.width);
	fprintf(stream, " y=\"%u\" height=\"%u\"", box.y, box.height);
}

void hr_html_box(FILE *stream, const char *class, struct hr_html_box box)
{
	put_box(stream, class, box);
	fputs("/>", stream);
}

void hr_html_box_titled(FILE *stream, const char *class, struct hr_html_box box, const char *format,
			...)
{
	va_list arguments;

	va_start(arguments, format);
	put_box(stream, class, box);
	fputs("><title>", stream);
	put_format(stream, format, arguments);
	fputs("</title></rect>", stream);
	va_end(arguments);
}

void hr_html_label(FILE *stream, unsigned int x, unsigned int y, const char *format, ...)
{
	/* There is no room behind what is near the right edge. */
	bool is_right = x > HR_HTML_WHOLE * 4 / 5;
	va_list arguments;

	va_start(arguments, format);
	fprintf(stream, "<text%s y=\"%u\"", is_right ? " class=\"r\"" : "", y);
	put_share(stream, "x", x);
	fputs(">", stream);
	put_format(stream, format, arguments);
	fputs("</text>", stream);
	va_end(arguments);
}
