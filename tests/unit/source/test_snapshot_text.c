// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/snapshot.h"

#define HEAD "SNAPSHOT=0x1\nROOM=0x1000\n"

static struct hr_snapshot snapshot;

static int tear_down(void **state)
{
	(void)state;
	hr_snapshot_release(&snapshot);
	return 0;
}

static struct hr_error *parse(const char *text)
{
	hr_snapshot_release(&snapshot);
	return hr_snapshot_parse(text, strlen(text), &snapshot);
}

/* The text of the snapshot as it is written; the caller frees it. */
static char *print(void)
{
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	assert_non_null(stream);
	hr_snapshot_print(&snapshot, stream);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void redacted_snapshot_says_so(void **state)
{
	char *text;

	(void)state;
	assert_success(parse(HEAD));
	assert_false(snapshot.is_redacted);
	assert_success(parse(HEAD "REDACTED=0x1\n"));
	assert_true(snapshot.is_redacted);
	text = print();
	assert_non_null(strstr(text, "\nREDACTED=0x1\n"));
	free(text);
}

static const char whole[] = "SNAPSHOT=0x1\n"
			    "SOURCE=kcore elf\n"
			    "ROOM=0x40000000\n"
			    "SYMBOL(_stext)=0xffff800080010000\n"
			    "SYMBOL(_etext)=0xffff800081000000\n"
			    "BTF=9feb0100\n"
			    "NOTE_OF=the VMCOREINFO in memory\n"
			    "REMARK=take care (really)\n"
			    "BLOCKSIZE=0x8000000\n"
			    "STATES=0x1\n"
			    "BLOCKS(0x8-0xf)=online\n"
			    "BLOCKS(0x10-0x10)=offline\n"
			    "OWNER(0x80000000-0x87ffffff)=kmem\n"
			    "OWNER(0x40000000-0x47ffffff)=virtio_mem\n"
			    "LACKS=its last 7 bytes are missing\n"
			    "LACKS_BYTES=0x7\n"
			    "LACKS_WHY=no space\n"
			    "UNREAD(0x1000-0x3000)=PA $PA is not (=) in the dump\n";

static void what_is_written_is_what_was_read(void **state)
{
	char *text;

	(void)state;
	assert_success(parse(whole));
	text = print();
	assert_string_equal(text, whole);
	free(text);
}

static void every_key_has_its_place(void **state)
{
	(void)state;
	assert_success(parse(whole));
	assert_string_equal(snapshot.source, "kcore elf");
	assert_int_equal(snapshot.room, GIB(1));
	assert_int_equal(snapshot.memory_block_size, MIB(128));
	assert_int_equal(snapshot.symbol_count, 2);
	assert_string_equal(snapshot.symbols[1].name, "_etext");
	assert_true(snapshot.symbols[1].va == UINT64_C(0xffff800081000000));
	assert_int_equal(snapshot.btf_len, 4);
	assert_memory_equal(snapshot.btf, "\x9f\xeb\x01\x00", 4);
	assert_string_equal(snapshot.note_of, "the VMCOREINFO in memory");
	assert_string_equal(snapshot.remark, "take care (really)");
	assert_true(snapshot.has_states);
	assert_int_equal(snapshot.state_count, 2);
	assert_int_equal(snapshot.areas.count, 2);
	assert_int_equal(snapshot.areas.list[0].owner, HR_OWNER_KMEM);
	assert_true(snapshot.incomplete.is_set);
	assert_true(snapshot.incomplete.has_bytes);
	assert_int_equal(snapshot.incomplete.bytes, 7);
	assert_string_equal(snapshot.incomplete.why, "no space");
	assert_int_equal(snapshot.unread_count, 1);
	assert_string_equal(snapshot.unread[0].why, "PA $PA is not (=) in the dump");
}

static void keys_of_later_writers_are_ignored(void **state)
{
	(void)state;
	assert_success(parse(HEAD "NODES(0x0-0x1)=x\nNODE=1\n"));
	assert_false(snapshot.incomplete.is_set);
}

static void later_versions_are_refused(void **state)
{
	(void)state;
	assert_failure(parse("SNAPSHOT=0x2\nROOM=0x1000\n"), HR_ERROR_INPUT,
		       "version 2 of the format, and only version 1 is known");
}

static void what_is_not_such_a_text_is_refused(void **state)
{
	static const struct {
		const char *text, *part;
	} rows[] = {
		{ "", "ROOM" },
		{ "ROOM=0x1000\nSNAPSHOT=0x1\n", "line 1: it does not begin with the version" },
		{ "SNAPSHOT=1\n", "line 1" },
		{ "SNAPSHOT=0x1\n", "how much the source holds" },
		{ "SNAPSHOT=0x1\nROOM=0x0\n", "how much the source holds" },
		{ HEAD "ROOM=0x10000000000001\n", "line 3: no source is that large" },
		{ HEAD "ROOM=1000\n", "not a number" },
		{ HEAD "ROOM=0x1 \n", "not a number" },
		{ HEAD "ROOM=0x-1\n", "line 3" },
		{ HEAD "ROOM=0x10000000000000000\n", "not a number" },
		{ HEAD "BLOCKSIZE=0x\n", "not a number" },
		{ HEAD "\n", "KEY=VALUE" },
		{ HEAD "SYMBOL(a=0x1\n", "KEY=VALUE" },
		{ HEAD "SYMBOL=0x1\n", "address of a symbol" },
		{ HEAD "SYMBOL(a)=0x1\nSYMBOL(a)=0x2\n", "line 4: the symbol is repeated" },
		{ HEAD "BTF=abc\n", "hexadecimal" },
		{ HEAD "BTF=zz\n", "hexadecimal" },
		{ HEAD "REMARK=a\nREMARK=b\n", "repeated" },
		{ HEAD "REMARK=\033[2J\n", "cannot be shown" },
		{ HEAD "REMARK=\xff\n", "cannot be shown" },
		{ HEAD "BLOCKS=online\n", "state of memory blocks" },
		{ HEAD "BLOCKS(0x1)=online\n", "state of memory blocks" },
		{ HEAD "BLOCKS(0x2-0x1)=online\n", "state of memory blocks" },
		{ HEAD "BLOCKS(0x1-0x2)=gone\n", "state of memory blocks" },
		{ HEAD "BLOCKS(0x1-0x2)=online\nBLOCKS(0x2-0x3)=offline\n", "ascending" },
		{ HEAD "OWNER(0x1-0x2)=me\n", "who added memory" },
		{ HEAD "UNREAD(0x1-)=x\n", "what was unreadable" },
		{ HEAD "UNREAD(0x1-0x2)=x\nUNREAD(0x0-0x0)=y\n", "ascending" },
		{ HEAD "REMARK=not ended", "line 3 is not a line of text" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_failure(parse(rows[i].text), HR_ERROR_INPUT, rows[i].part);
}

static void bytes_that_no_text_has_are_refused(void **state)
{
	static const char text[] = HEAD "REMARK=a\0b\n";

	(void)state;
	assert_failure(hr_snapshot_parse(text, sizeof(text) - 1, &snapshot), HR_ERROR_INPUT,
		       "line 3 is not a line of text");
}

/* @count lines "@before0xN-0xN@after", or with one number only if @single. */
static struct hr_error *parse_many(const char *before, const char *after, bool single,
				   unsigned int count)
{
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);
	struct hr_error *error;

	assert_non_null(stream);
	fputs(HEAD, stream);
	for (unsigned int i = 0; i < count; i++) {
		fprintf(stream, "%s0x%x", before, 2 * i);
		if (!single)
			fprintf(stream, "-0x%x", 2 * i);
		fprintf(stream, "%s\n", after);
	}
	assert_int_equal(fclose(stream), 0);
	error = parse(text);
	free(text);
	return error;
}

static void more_lines_than_the_limit_are_refused(void **state)
{
	static const char *const kinds[][2] = {
		{ "BLOCKS(", ")=online" },
		{ "OWNER(", ")=kmem" },
		{ "UNREAD(", ")=x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		assert_success(parse_many(kinds[i][0], kinds[i][1], false, HR_SNAPSHOT_LINES));
		assert_failure(parse_many(kinds[i][0], kinds[i][1], false, HR_SNAPSHOT_LINES + 1),
			       HR_ERROR_INPUT, "too many lines");
	}
	assert_success(parse_many("SYMBOL(a", ")=0x1", true, HR_SNAPSHOT_SYMBOLS));
	assert_failure(parse_many("SYMBOL(a", ")=0x1", true, HR_SNAPSHOT_SYMBOLS + 1),
		       HR_ERROR_INPUT, "too many symbols");
}

static void long_values_are_cut_when_they_are_written(void **state)
{
	char why[4 * HR_SNAPSHOT_VALUE];
	char *text;

	(void)state;
	assert_success(parse(HEAD));
	memset(why, 'x', sizeof(why));
	why[sizeof(why) - 1] = '\0';
	assert_success(hr_snapshot_add_unread(&snapshot, 0x1000, why));
	text = print();
	assert_success(parse(text));
	assert_int_equal(strlen(snapshot.unread[0].why), HR_SNAPSHOT_VALUE);
	free(text);
}

static void what_cannot_be_shown_is_not_written(void **state)
{
	char *text;

	(void)state;
	assert_success(parse(HEAD));
	assert_success(hr_snapshot_add_unread(&snapshot, 0x1000, "a\nROOM=0x1\033b"));
	text = print();
	assert_success(parse(text));
	assert_int_equal(snapshot.room, 0x1000);
	assert_string_equal(snapshot.unread[0].why, "a?ROOM=0x1?b");
	free(text);
}

#define test(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(redacted_snapshot_says_so, tear_down),
		test(what_is_written_is_what_was_read),
		test(every_key_has_its_place),
		test(keys_of_later_writers_are_ignored),
		test(later_versions_are_refused),
		test(what_is_not_such_a_text_is_refused),
		test(bytes_that_no_text_has_are_refused),
		test(more_lines_than_the_limit_are_refused),
		test(long_values_are_cut_when_they_are_written),
		test(what_cannot_be_shown_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
