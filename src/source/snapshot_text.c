// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/grow.h"
#include "base/printable.h"
#include "source/snapshot.h"
#include "source/snapshot_place.h"

enum {
	VERSION = 1,
	LINE_MAX_BYTES = 2 * HR_SNAPSHOT_VALUE + 256,
};

/* A line of the note: KEY=VALUE, or KEY(INDEX)=VALUE. */
struct line {
	char *key, *index, *value; /* index: NULL if there is none */
};

static struct hr_error *wrong(const char *what)
{
	return hr_error_new(HR_ERROR_INPUT, "%s", what);
}

/* A hexadecimal number with 0x, and nothing behind it. */
static bool number_of(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 16);
	return text[0] == '0' && text[1] == 'x' && end > text + 2 && !*end && !errno;
}

/* FIRST-LAST, of which the last is not less than the first. Modifies @text. */
static bool span_of(char *text, uint64_t *ret_first, uint64_t *ret_last)
{
	char *dash = text ? strchr(text, '-') : NULL;

	if (!dash)
		return false;
	*dash = '\0';
	return number_of(text, ret_first) && number_of(dash + 1, ret_last) &&
	       *ret_first <= *ret_last;
}

static struct hr_error *take_number(const struct line *line, uint64_t *ret)
{
	return number_of(line->value, ret) ? NULL : wrong("the value is not a number");
}

/* A text that may be there once. */
static struct hr_error *take_text(const struct line *line, char **ret)
{
	if (*ret)
		return wrong("the key is repeated");
	*ret = strdup(line->value);
	return *ret ? NULL : hr_error_no_memory();
}

static struct hr_error *take_source(struct hr_snapshot *snapshot, const struct line *line)
{
	snprintf(snapshot->source, sizeof(snapshot->source), "%s", line->value);
	return NULL;
}

static struct hr_error *take_room(struct hr_snapshot *snapshot, const struct line *line)
{
	struct hr_error *error = take_number(line, &snapshot->room);

	if (!error && snapshot->room > UINT64_C(1) << HR_SNAPSHOT_ROOM_BITS)
		error = wrong("no source is that large");
	return error;
}

static struct hr_error *take_block_size(struct hr_snapshot *snapshot, const struct line *line)
{
	return take_number(line, &snapshot->memory_block_size);
}

static struct hr_error *take_symbol(struct hr_snapshot *snapshot, const struct line *line)
{
	uint64_t va;
	char *name;

	if (!line->index || !number_of(line->value, &va))
		return wrong("it is not the address of a symbol");
	if (snapshot->symbol_count == HR_SNAPSHOT_SYMBOLS)
		return wrong("there are too many symbols");
	for (size_t i = 0; i < snapshot->symbol_count; i++)
		if (!strcmp(snapshot->symbols[i].name, line->index))
			return wrong("the symbol is repeated");
	name = strdup(line->index);
	if (!name)
		return hr_error_no_memory();
	snapshot->symbols[snapshot->symbol_count].name = name;
	snapshot->symbols[snapshot->symbol_count++].va = va;
	return NULL;
}

static bool digit_of(char character, unsigned int *ret)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = character ? strchr(digits, character) : NULL;

	*ret = found ? (unsigned int)(found - digits) : 0;
	return found;
}

static struct hr_error *take_btf(struct hr_snapshot *snapshot, const struct line *line)
{
	const char *at = line->value;
	unsigned int high, low;

	for (snapshot->btf_len = 0; *at; at += 2) {
		if (!digit_of(at[0], &high) || !digit_of(at[1], &low) ||
		    snapshot->btf_len == sizeof(snapshot->btf))
			return wrong("the value is not a BTF in hexadecimal");
		snapshot->btf[snapshot->btf_len++] = (unsigned char)(high << 4 | low);
	}
	return NULL;
}

static struct hr_error *take_note_of(struct hr_snapshot *snapshot, const struct line *line)
{
	return take_text(line, &snapshot->note_of);
}

static struct hr_error *take_remark(struct hr_snapshot *snapshot, const struct line *line)
{
	return take_text(line, &snapshot->remark);
}

static struct hr_error *take_redacted(struct hr_snapshot *snapshot, const struct line *line)
{
	(void)line;
	snapshot->is_redacted = true;
	return NULL;
}

static struct hr_error *take_states(struct hr_snapshot *snapshot, const struct line *line)
{
	(void)line;
	snapshot->has_states = true;
	return NULL;
}

static struct hr_error *take_blocks(struct hr_snapshot *snapshot, const struct line *line)
{
	bool online = !strcmp(line->value, "online");
	struct hr_block_states *states = snapshot->states;
	uint64_t first, last;

	if (!span_of(line->index, &first, &last) || (!online && strcmp(line->value, "offline")))
		return wrong("it is not the state of memory blocks");
	if (snapshot->state_count && first <= states[snapshot->state_count - 1].last)
		return wrong("memory blocks are not in ascending order");
	if (snapshot->state_count == HR_SNAPSHOT_LINES)
		return wrong("there are too many lines of this kind");
	states = hr_grow(states, snapshot->state_count, &snapshot->state_room, sizeof(*states));
	if (!states)
		return hr_error_no_memory();
	snapshot->states = states;
	states[snapshot->state_count++] = (struct hr_block_states){ first, last, online };
	return NULL;
}

static struct hr_error *take_place(struct hr_snapshot *snapshot, const struct line *line)
{
	struct hr_block_places *places = snapshot->places, place;

	if (!span_of(line->index, &place.first, &place.last) ||
	    !hr_snapshot_place_parse(line->value, &place.place))
		return wrong("it does not say where memory blocks are");
	if (snapshot->place_count && place.first <= places[snapshot->place_count - 1].last)
		return wrong("memory blocks are not in ascending order");
	if (snapshot->place_count == HR_SNAPSHOT_LINES)
		return wrong("there are too many lines of this kind");
	places = hr_grow(places, snapshot->place_count, &snapshot->place_room, sizeof(*places));
	if (!places)
		return hr_error_no_memory();
	snapshot->places = places;
	places[snapshot->place_count++] = place;
	return NULL;
}

static const struct {
	const char *name;
	enum hr_owner owner;
} owners[] = {
	{ "kmem", HR_OWNER_KMEM },
	{ "virtio_mem", HR_OWNER_VIRTIO_MEM },
};

enum {
	OWNERS = sizeof(owners) / sizeof(owners[0])
};

static struct hr_error *take_owner(struct hr_snapshot *snapshot, const struct line *line)
{
	struct hr_areas *areas = &snapshot->areas;
	struct hr_area area = { .owner = HR_OWNER_UNKNOWN }, *list;

	for (size_t i = 0; i < OWNERS; i++)
		if (!strcmp(owners[i].name, line->value))
			area.owner = owners[i].owner;
	if (!span_of(line->index, &area.start, &area.last) || area.owner == HR_OWNER_UNKNOWN)
		return wrong("it does not say who added memory");
	if (areas->count == HR_SNAPSHOT_LINES)
		return wrong("there are too many lines of this kind");
	list = hr_grow(areas->list, areas->count, &areas->capacity, sizeof(*list));
	if (!list)
		return hr_error_no_memory();
	areas->list = list;
	areas->list[areas->count++] = area;
	return NULL;
}

static struct hr_error *take_lacks(struct hr_snapshot *snapshot, const struct line *line)
{
	struct hr_incomplete *incomplete = &snapshot->incomplete;

	incomplete->is_set = true;
	snprintf(incomplete->what, sizeof(incomplete->what), "%s", line->value);
	return NULL;
}

static struct hr_error *take_lacks_bytes(struct hr_snapshot *snapshot, const struct line *line)
{
	snapshot->incomplete.has_bytes = true;
	return take_number(line, &snapshot->incomplete.bytes);
}

static struct hr_error *take_lacks_why(struct hr_snapshot *snapshot, const struct line *line)
{
	struct hr_error *error = take_text(line, &snapshot->incomplete_why);

	snapshot->incomplete.why = snapshot->incomplete_why;
	return error;
}

static struct hr_error *take_unread(struct hr_snapshot *snapshot, const struct line *line)
{
	struct hr_unread *list = snapshot->unread;
	struct hr_unread unread = { .why = NULL };

	if (!span_of(line->index, &unread.first, &unread.last))
		return wrong("it does not say what was unreadable");
	if (snapshot->unread_count && unread.first <= list[snapshot->unread_count - 1].last)
		return wrong("addresses are not in ascending order");
	if (snapshot->unread_count == HR_SNAPSHOT_LINES)
		return wrong("there are too many lines of this kind");
	list = hr_grow(list, snapshot->unread_count, &snapshot->unread_room, sizeof(*list));
	if (!list)
		return hr_error_no_memory();
	snapshot->unread = list;
	unread.why = strdup(line->value);
	if (!unread.why)
		return hr_error_no_memory();
	list[snapshot->unread_count++] = unread;
	return NULL;
}

static const struct {
	const char *key;
	struct hr_error *(*take)(struct hr_snapshot *snapshot, const struct line *line);
} keys[] = {
	{ "SOURCE", take_source },
	{ "ROOM", take_room },
	{ "BLOCKSIZE", take_block_size },
	{ "SYMBOL", take_symbol },
	{ "BTF", take_btf },
	{ "NOTE_OF", take_note_of },
	{ "REMARK", take_remark },
	{ "REDACTED", take_redacted },
	{ "STATES", take_states },
	{ "BLOCKS", take_blocks },
	{ "PLACE", take_place },
	{ "OWNER", take_owner },
	{ "LACKS", take_lacks },
	{ "LACKS_BYTES", take_lacks_bytes },
	{ "LACKS_WHY", take_lacks_why },
	{ "UNREAD", take_unread },
};

enum {
	KEYS = sizeof(keys) / sizeof(keys[0])
};

/* Split @text, which becomes the parts of @ret. */
static bool split(char *text, struct line *ret)
{
	char *equals = strchr(text, '='), *open = strchr(text, '(');

	if (!equals)
		return false;
	*equals = '\0';
	*ret = (struct line){ .key = text, .value = equals + 1 };
	if (!open || open > equals)
		return true;
	if (equals[-1] != ')')
		return false;
	equals[-1] = '\0';
	*open = '\0';
	ret->index = open + 1;
	return true;
}

static struct hr_error *take_line(struct hr_snapshot *snapshot, char *text)
{
	struct line line;

	if (!hr_is_printable(text))
		return wrong("it has characters that cannot be shown");
	if (!split(text, &line))
		return wrong("it is not KEY=VALUE");
	if (strlen(line.value) > 2 * (size_t)HR_SNAPSHOT_VALUE)
		return wrong("the value is too long");
	for (size_t i = 0; i < KEYS; i++)
		if (!strcmp(keys[i].key, line.key))
			return keys[i].take(snapshot, &line);
	return NULL;
}

/* The first line says by which rules the others are read. */
static struct hr_error *check_version(const char *line)
{
	static const char key[] = "SNAPSHOT=";
	uint64_t version;

	if (strncmp(line, key, sizeof(key) - 1) != 0 ||
	    !number_of(line + sizeof(key) - 1, &version))
		return wrong("it does not begin with the version of its format");
	if (version == VERSION)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "it has version %" PRIu64 " of the format, and only version %d is "
			    "known: use a newer hotremove-check",
			    version, VERSION);
}

static struct hr_error *take_numbered(struct hr_snapshot *snapshot, char *text, size_t number)
{
	struct hr_error *error = number == 1 ? check_version(text) : take_line(snapshot, text);

	return error ? hr_error_context(error, "line %zu", number) : NULL;
}

static struct hr_error *take_lines(struct hr_snapshot *snapshot, const char *text, size_t len)
{
	char line[LINE_MAX_BYTES];
	size_t number = 0;

	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t here = end ? (size_t)(end - text) : len;
		struct hr_error *error;

		if (!end || here >= sizeof(line) || memchr(text, '\0', here))
			return hr_error_new(HR_ERROR_INPUT, "line %zu is not a line of text",
					    number + 1);
		memcpy(line, text, here);
		line[here] = '\0';
		error = take_numbered(snapshot, line, ++number);
		if (error)
			return error;
		text = end + 1;
		len -= here + 1;
	}
	return NULL;
}

struct hr_error *hr_snapshot_parse(const char *text, size_t len, struct hr_snapshot *ret)
{
	struct hr_error *error;

	*ret = (struct hr_snapshot){ .room = 0 };
	error = take_lines(ret, text, len);
	if (!error && !ret->room)
		error = wrong("it does not say how much the source holds (ROOM)");
	return error ? hr_error_context(error, "its note " HR_SNAPSHOT_NOTE) : NULL;
}

/* At most HR_SNAPSHOT_VALUE bytes, so that a reader takes it however it counts. */
static void print_text(FILE *stream, const char *key, const char *text)
{
	char cut[HR_SNAPSHOT_VALUE + 1];

	if (!text)
		return;
	snprintf(cut, sizeof(cut), "%s", text);
	fprintf(stream, "%s=", key);
	hr_put_printable(cut, stream);
	putc('\n', stream);
}

static void print_symbols(const struct hr_snapshot *snapshot, FILE *stream)
{
	for (size_t i = 0; i < snapshot->symbol_count; i++)
		fprintf(stream, "SYMBOL(%s)=0x%" PRIx64 "\n", snapshot->symbols[i].name,
			snapshot->symbols[i].va);
	if (!snapshot->btf_len)
		return;
	fputs("BTF=", stream);
	for (size_t i = 0; i < snapshot->btf_len; i++)
		fprintf(stream, "%02x", snapshot->btf[i]);
	putc('\n', stream);
}

static void print_host(const struct hr_snapshot *snapshot, FILE *stream)
{
	if (snapshot->memory_block_size)
		fprintf(stream, "BLOCKSIZE=0x%" PRIx64 "\n", snapshot->memory_block_size);
	if (snapshot->has_states)
		fputs("STATES=0x1\n", stream);
	for (size_t i = 0; i < snapshot->state_count; i++)
		fprintf(stream, "BLOCKS(0x%" PRIx64 "-0x%" PRIx64 ")=%s\n",
			snapshot->states[i].first, snapshot->states[i].last,
			snapshot->states[i].online ? "online" : "offline");
	hr_snapshot_print_places(snapshot, stream);
	for (size_t i = 0; i < snapshot->areas.count; i++)
		for (size_t j = 0; j < OWNERS; j++)
			if (owners[j].owner == snapshot->areas.list[i].owner)
				fprintf(stream, "OWNER(0x%" PRIx64 "-0x%" PRIx64 ")=%s\n",
					snapshot->areas.list[i].start, snapshot->areas.list[i].last,
					owners[j].name);
}

static void print_lacks(const struct hr_snapshot *snapshot, FILE *stream)
{
	const struct hr_incomplete *incomplete = &snapshot->incomplete;
	char key[64];

	if (incomplete->is_set) {
		print_text(stream, "LACKS", incomplete->what);
		if (incomplete->has_bytes)
			fprintf(stream, "LACKS_BYTES=0x%" PRIx64 "\n", incomplete->bytes);
		print_text(stream, "LACKS_WHY", incomplete->why);
	}
	for (size_t i = 0; i < snapshot->unread_count; i++) {
		snprintf(key, sizeof(key), "UNREAD(0x%" PRIx64 "-0x%" PRIx64 ")",
			 snapshot->unread[i].first, snapshot->unread[i].last);
		print_text(stream, key, snapshot->unread[i].why);
	}
}

void hr_snapshot_print(const struct hr_snapshot *snapshot, FILE *stream)
{
	fprintf(stream, "SNAPSHOT=0x%x\n", VERSION);
	print_text(stream, "SOURCE", snapshot->source);
	fprintf(stream, "ROOM=0x%" PRIx64 "\n", snapshot->room);
	if (snapshot->is_redacted)
		fputs("REDACTED=0x1\n", stream);
	print_symbols(snapshot, stream);
	print_text(stream, "NOTE_OF", snapshot->note_of);
	print_text(stream, "REMARK", snapshot->remark);
	print_host(snapshot, stream);
	print_lacks(snapshot, stream);
}
