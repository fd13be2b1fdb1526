// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_table.h"

#include <inttypes.h>
#include <stdarg.h>

#include "report/html_text.h"

__attribute__((format(printf, 2, 0))) static void put_cell(FILE *stream, const char *format,
							   va_list arguments)
{
	fputs("<td>", stream);
	hr_html_vprint(stream, format, arguments);
	fputs("</td>", stream);
}

static void put_heads(FILE *stream, struct hr_html_heads heads)
{
	fputs("<thead><tr>", stream);
	for (size_t i = 0; i < heads.count; i++) {
		const char *name = heads.names[i];
		int is_number = *name == '#';

		fprintf(stream, "<th scope=\"col\"%s>", is_number ? " class=\"n\"" : "");
		hr_html_put(stream, name + is_number);
		fputs("</th>", stream);
	}
	fputs("</tr></thead>\n", stream);
}

/* Who uses a keyboard scrolls what has the focus. */
void hr_html_table_begin(FILE *stream, struct hr_html_heads heads, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("<div class=\"t\" tabindex=\"0\" role=\"group\" aria-label=\"", stream);
	hr_html_vprint(stream, format, arguments);
	va_end(arguments);
	va_start(arguments, format);
	fputs("\"><table><caption>", stream);
	hr_html_vprint(stream, format, arguments);
	va_end(arguments);
	fputs("</caption>", stream);
	if (heads.count)
		put_heads(stream, heads);
	fputs("<tbody>\n", stream);
}

void hr_html_table_end(FILE *stream)
{
	fputs("</tbody></table></div>\n", stream);
}

void hr_html_row_begin(FILE *stream)
{
	fputs("<tr>", stream);
}

void hr_html_row_end(FILE *stream)
{
	fputs("</tr>\n", stream);
}

void hr_html_head(FILE *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("<th scope=\"row\">", stream);
	hr_html_vprint(stream, format, arguments);
	fputs("</th>", stream);
	va_end(arguments);
}

void hr_html_cell(FILE *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put_cell(stream, format, arguments);
	va_end(arguments);
}

void hr_html_count(FILE *stream, uint64_t value)
{
	fprintf(stream, "<td class=\"n\">%" PRIu64 "</td>", value);
}

void hr_html_fact(FILE *stream, const char *name, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	hr_html_row_begin(stream);
	hr_html_head(stream, "%s", name);
	put_cell(stream, format, arguments);
	hr_html_row_end(stream);
	va_end(arguments);
}
