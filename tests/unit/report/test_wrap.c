// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/wrap.h"

#include <stdlib.h>

#include "fake.h"
#include "screen.h"

enum {
	COLUMNS = 40
};

static FILE *usual;
static char *printed;
static size_t printed_size;

static int begin(bool has_screen)
{
	usual = stdout;
	if (has_screen)
		stdout = open_memstream(&printed, &printed_size);
	return has_screen && stdout ? 0 : -1;
}

static int set_up_terminal(void **state)
{
	(void)state;
	return begin(screen_begin(COLUMNS, false));
}

static int set_up_file(void **state)
{
	(void)state;
	return begin(screen_begin_file(false));
}

static int tear_down(void **state)
{
	(void)state;
	fclose(stdout);
	stdout = usual;
	free(printed);
	screen_end();
	return 0;
}

/* @text is printed as @wrapped. */
static void assert_wrapped(const char *text, const char *wrapped)
{
	struct hr_wrap wrap;

	rewind(stdout);
	hr_wrap_begin(&wrap);
	fputs(text, stdout);
	hr_wrap_end(&wrap);
	fflush(stdout);
	printed[printed_size] = '\0';
	assert_string_equal(printed, wrapped);
}

static void lines_that_fit_stay(void **state)
{
	(void)state;
	assert_wrapped("a\n\n  forty characters are not too many here\n",
		       "a\n\n  forty characters are not too many here\n");
}

static void text_continues_under_itself(void **state)
{
	(void)state;
	assert_wrapped("  splits-leaf     the end edge lies inside a 1 GiB leaf\n",
		       "  splits-leaf     the end edge lies\n"
		       "                  inside a 1 GiB leaf\n");
	assert_wrapped("                  in 1 call of arch_remove_memory() for all\n",
		       "                  in 1 call of\n"
		       "                  arch_remove_memory()\n"
		       "                  for all\n");
	assert_wrapped("kernel 7.2.12: 4 KiB pages, 48 VA bits (48 in use)\n",
		       "kernel 7.2.12: 4 KiB pages, 48 VA bits\n"
		       "  (48 in use)\n");
}

static void long_words_stay_whole(void **state)
{
	(void)state;
	assert_wrapped("  leaf            0xffff000100000000-0xffff00013fffffff at last\n",
		       "  leaf            0xffff000100000000-0xffff00013fffffff\n"
		       "                  at last\n");
}

static void colour_takes_no_room(void **state)
{
	(void)state;
	assert_wrapped("forty columns of these are just \033[1;31mNOT TOO\033[0m\n",
		       "forty columns of these are just \033[1;31mNOT TOO\033[0m\n");
}

static void characters_count_not_bytes(void **state)
{
	(void)state;
	assert_wrapped("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 and thirty-three more "
		       "that do fit\n",
		       "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 and thirty-three more "
		       "that do fit\n");
}

static void a_file_has_lines_of_any_length(void **state)
{
	(void)state;
	assert_wrapped("  splits-leaf     the end edge lies inside a 1 GiB leaf\n",
		       "  splits-leaf     the end edge lies inside a 1 GiB leaf\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name, set_up) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(lines_that_fit_stay, set_up_terminal),
		ROW(text_continues_under_itself, set_up_terminal),
		ROW(long_words_stay_whole, set_up_terminal),
		ROW(colour_takes_no_room, set_up_terminal),
		ROW(characters_count_not_bytes, set_up_terminal),
		ROW(a_file_has_lines_of_any_length, set_up_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
