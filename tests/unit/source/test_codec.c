// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "source/codec.h"

/* A member of each format that holds "abc", made by the tool of that format. */
static const struct member {
	const char *name;
	size_t len;
	unsigned char bytes[80];
} members[] = {
	{ "gzip", 23, { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x4b, 0x4c,
			0x4a, 0x06, 0x00, 0xc2, 0x41, 0x24, 0x35, 0x03, 0x00, 0x00, 0x00 } },
	{ "xz", 60, { 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46,
		      0x02, 0x00, 0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3,
		      0x01, 0x00, 0x02, 0x61, 0x62, 0x63, 0x00, 0x00, 0x27, 0x76, 0x27, 0x1a,
		      0x4a, 0x09, 0xd8, 0x2c, 0x00, 0x01, 0x1b, 0x03, 0x0b, 0x2f, 0xb9, 0x10,
		      0x1f, 0xb6, 0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a } },
	{ "zstd",
	  16,
	  { 0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x19, 0x00, 0x00, 0x61, 0x62, 0x63, 0x99, 0x09,
	    0x77, 0xad } },
	{ "bzip2", 38, { 0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59,
			 0x64, 0x8c, 0xbb, 0x73, 0x00, 0x00, 0x00, 0x01, 0x00, 0x38,
			 0x00, 0x20, 0x00, 0x21, 0x98, 0x19, 0x84, 0x61, 0x77, 0x24,
			 0x53, 0x85, 0x09, 0x06, 0x48, 0xcb, 0xb7, 0x30 } },
};

enum {
	ROOM = 16
};

/* The codec of @member, ready for use. */
static const struct hr_codec *codec_of(const struct member *member)
{
	const struct hr_codec *codec = hr_codec_find(member->bytes, member->len);

	assert_non_null(codec);
	assert_success(hr_codec_load(codec));
	return codec;
}

/* This test comes first: libraries stay loaded. The program is linked to that of gzip. */
static void libraries_are_loaded_when_they_are_needed(void **context)
{
	(void)context;
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		const struct hr_codec *codec = hr_codec_find(members[i].bytes, members[i].len);

		assert_int_equal(hr_codec_is_loaded(codec), !strcmp(codec->name, "gzip"));
		assert_success(hr_codec_load(codec));
		assert_true(hr_codec_is_loaded(codec));
		assert_success(hr_codec_load(codec));
	}
}

/* What a step has put out, in one member of the length @len. */
static enum hr_step unpack(const struct hr_codec *codec, void *state, struct hr_piece *piece,
			   const struct member *member, size_t len, unsigned char out[ROOM])
{
	enum hr_step step = HR_STEP_MORE;

	*piece = (struct hr_piece){
		.in = member->bytes, .in_len = len, .out = out, .out_len = ROOM
	};
	while (step == HR_STEP_MORE && piece->in_len)
		step = codec->step(state, piece);
	return step;
}

static void each_codec_unpacks_its_members(void **context)
{
	(void)context;
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		const struct hr_codec *codec = codec_of(&members[i]);
		unsigned char out[ROOM] = { 0 };
		struct hr_piece piece;
		void *state;

		assert_string_equal(codec->name, members[i].name);
		state = codec->create();
		assert_non_null(state);
		for (int round = 0; round < 2; round++) {
			assert_int_equal(
				unpack(codec, state, &piece, &members[i], members[i].len, out),
				HR_STEP_END);
			assert_int_equal(ROOM - piece.out_len, 3);
			assert_memory_equal(out, "abc", 3);
			assert_int_equal(piece.in_len, 0);
			assert_true(codec->restart(state));
		}
		codec->destroy(state);
	}
}

static void a_member_that_is_cut_does_not_end(void **context)
{
	(void)context;
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		const struct hr_codec *codec = codec_of(&members[i]);

		for (size_t len = 0; len < members[i].len; len++) {
			void *state = codec->create();
			unsigned char out[ROOM];
			struct hr_piece piece;

			assert_int_equal(unpack(codec, state, &piece, &members[i], len, out),
					 HR_STEP_MORE);
			codec->destroy(state);
		}
	}
}

/* The last bytes of each format are a checksum or follow one. */
static void a_wrong_checksum_is_damage(void **context)
{
	(void)context;
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		const struct hr_codec *codec = codec_of(&members[i]);
		void *state = codec->create();
		struct member member = members[i];
		unsigned char out[ROOM];
		struct hr_piece piece;

		member.bytes[member.len - 4] ^= 0x40;
		assert_int_equal(unpack(codec, state, &piece, &member, member.len, out),
				 HR_STEP_DAMAGED);
		assert_non_null(piece.why);
		codec->destroy(state);
	}
}

static void ends_of_members_are_told(void **context)
{
	(void)context;
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		const struct member *member = &members[i];
		const struct hr_codec *codec = codec_of(member);
		const unsigned char *tail = member->bytes + member->len - HR_CODEC_TAIL;

		if (!codec->is_end)
			continue;
		assert_true(codec->is_end(tail, 3));
		assert_false(codec->is_end(tail - 1, 1 << 20));
	}
}

/* A decoder that runs over the end has a little more, or less if it stops before it. */
static void ends_of_gzip_members_tell_the_size_of_their_content(void **context)
{
	static const unsigned char tail[HR_CODEC_TAIL] = { [14] = 0x10 };
	const struct hr_codec *codec = codec_of(&members[0]);

	(void)context;
	assert_true(codec->is_end(tail, 0x100000));
	assert_true(codec->is_end(tail, 0x10ffff));
	assert_true(codec->is_end(tail, 0xf0001));
	assert_true(codec->is_end(tail, UINT64_C(0x700100000)));
	assert_false(codec->is_end(tail, 0x110000));
	assert_false(codec->is_end(tail, 0xf0000));
}

static void other_files_have_no_codec(void **context)
{
	(void)context;
	assert_null(hr_codec_find("\x7f"
				  "ELF....",
				  8));
	assert_null(hr_codec_find("\x1f\x8b", 2));
	assert_null(hr_codec_find("", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libraries_are_loaded_when_they_are_needed),
		cmocka_unit_test(each_codec_unpacks_its_members),
		cmocka_unit_test(a_member_that_is_cut_does_not_end),
		cmocka_unit_test(a_wrong_checksum_is_damage),
		cmocka_unit_test(ends_of_members_are_told),
		cmocka_unit_test(ends_of_gzip_members_tell_the_size_of_their_content),
		cmocka_unit_test(other_files_have_no_codec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
