// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_table.h"

#include <stdlib.h>

#include "fake.h"

static void a_table_has_scopes_and_escaped_text(void **state)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_non_null(stream);
	hr_html_table_begin(stream, HR_HTML_HEADS("A<", "#B"), "%s", "C\"");
	hr_html_row_begin(stream);
	hr_html_head(stream, "%s", "<d>");
	hr_html_count(stream, 7);
	hr_html_row_end(stream);
	hr_html_fact(stream, "e&", "%s", "f'");
	hr_html_table_end(stream);
	fclose(stream);
	assert_string_equal(
		text,
		"<div class=\"t\" tabindex=\"0\" role=\"group\" aria-label=\"C&quot;\"><table>"
		"<caption>C&quot;</caption><thead><tr><th scope=\"col\">A&lt;</th>"
		"<th scope=\"col\" class=\"n\">B</th></tr></thead>\n<tbody>\n"
		"<tr><th scope=\"row\">&lt;d&gt;</th><td class=\"n\">7</td></tr>\n"
		"<tr><th scope=\"row\">e&amp;</th><td>f&#39;</td></tr>\n"
		"</tbody></table></div>\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_has_scopes_and_escaped_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
