// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/snapshot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/grow.h"

#define PLACE "$PA"

enum {
	ADDRESS_SIZE = 32 /* room for an address as text */
};

void hr_snapshot_release(struct hr_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->symbol_count; i++)
		free(snapshot->symbols[i].name);
	for (size_t i = 0; i < snapshot->unread_count; i++)
		free(snapshot->unread[i].why);
	free(snapshot->unread);
	free(snapshot->states);
	free(snapshot->places);
	free(snapshot->note_of);
	free(snapshot->remark);
	free(snapshot->incomplete_why);
	hr_areas_release(&snapshot->areas);
	*snapshot = (struct hr_snapshot){ .room = 0 };
}

struct hr_error *hr_snapshot_add_state(struct hr_snapshot *snapshot, uint64_t number, bool online)
{
	struct hr_block_states *last =
		snapshot->state_count ? &snapshot->states[snapshot->state_count - 1] : NULL;
	struct hr_block_states *states;

	if (last && last->online == online && last->last + 1 == number) {
		last->last = number;
		return NULL;
	}
	if (snapshot->state_count == HR_SNAPSHOT_LINES)
		return NULL;
	states = hr_grow(snapshot->states, snapshot->state_count, &snapshot->state_room,
			 sizeof(*states));
	if (!states)
		return hr_error_no_memory();
	snapshot->states = states;
	states[snapshot->state_count++] = (struct hr_block_states){ number, number, online };
	return NULL;
}

/* Copy @text with @to in the place of each @from; NULL without memory. */
static char *replace(const char *text, const char *from, const char *to)
{
	char *copy = NULL;
	size_t size;
	FILE *stream = open_memstream(&copy, &size);
	const char *found;

	if (!stream)
		return NULL;
	for (; (found = strstr(text, from)); text = found + strlen(from))
		fprintf(stream, "%.*s%s", (int)(found - text), text, to);
	fputs(text, stream);
	return fclose(stream) ? NULL : copy;
}

/*
 * Equal reasons of reads at different addresses are one, although nothing is known about those in
 * between. Nothing reads these: they would have been read for the snapshot.
 */
struct hr_error *hr_snapshot_add_unread(struct hr_snapshot *snapshot, uint64_t pa, const char *why)
{
	struct hr_unread *last =
		snapshot->unread_count ? &snapshot->unread[snapshot->unread_count - 1] : NULL;
	_cleanup_free_ char *general = NULL;
	char address[ADDRESS_SIZE];
	struct hr_unread *list;

	snprintf(address, sizeof(address), "0x%" PRIx64, pa);
	general = replace(why, address, PLACE);
	if (!general)
		return hr_error_no_memory();
	if (last && !strcmp(last->why, general)) {
		last->last = pa;
		return NULL;
	}
	snapshot->unread_bytes += strlen(general);
	if (snapshot->unread_count == HR_SNAPSHOT_LINES ||
	    snapshot->unread_bytes > HR_SNAPSHOT_REASONS)
		return NULL;
	list = hr_grow(snapshot->unread, snapshot->unread_count, &snapshot->unread_room,
		       sizeof(*list));
	if (!list)
		return hr_error_no_memory();
	snapshot->unread = list;
	list[snapshot->unread_count++] = (struct hr_unread){ pa, pa, hr_take(general) };
	return NULL;
}

/* Where is @wanted, seen from [@first, @last]? */
static int compare(uint64_t wanted, uint64_t first, uint64_t last)
{
	return wanted < first ? -1 : wanted > last;
}

static int compare_states(const void *key, const void *element)
{
	const struct hr_block_states *states = element;

	return compare(*(const uint64_t *)key, states->first, states->last);
}

static enum hr_tristate block_online(void *context, uint64_t number)
{
	const struct hr_snapshot *snapshot = context;
	const struct hr_block_states *found =
		snapshot->state_count ? bsearch(&number, snapshot->states, snapshot->state_count,
						sizeof(*snapshot->states), compare_states)
				      : NULL;

	if (!found)
		return HR_UNKNOWN;
	return found->online ? HR_YES : HR_NO;
}

static struct hr_error *find_symbols(void *context, struct hr_symbol *symbols, size_t count)
{
	const struct hr_snapshot *snapshot = context;

	for (size_t i = 0; i < snapshot->symbol_count; i++)
		for (size_t j = 0; j < count; j++) {
			if (strcmp(snapshot->symbols[i].name, symbols[j].name) != 0)
				continue;
			symbols[j].found = true;
			symbols[j].va = snapshot->symbols[i].va;
		}
	return NULL;
}

static size_t read_btf(void *context, void *buffer, size_t size)
{
	const struct hr_snapshot *snapshot = context;

	if (snapshot->btf_len > size)
		return 0;
	memcpy(buffer, snapshot->btf, snapshot->btf_len);
	return snapshot->btf_len;
}

static enum hr_owner owner(void *context, uint64_t start, uint64_t end)
{
	const struct hr_snapshot *snapshot = context;

	return hr_areas_owner(&snapshot->areas, start, end);
}

/* What the source did not know is asked of nobody. */
void hr_snapshot_host(const struct hr_snapshot *snapshot, struct hr_host *ret)
{
	*ret = (struct hr_host){
		.context = (void *)snapshot,
		.find_symbols = snapshot->symbol_count ? find_symbols : NULL,
		.read_btf = snapshot->btf_len ? read_btf : NULL,
		.owner = owner,
		.block_online = snapshot->has_states ? block_online : NULL,
	};
}

static int compare_unread(const void *key, const void *element)
{
	const struct hr_unread *unread = element;

	return compare(*(const uint64_t *)key, unread->first, unread->last);
}

static const struct hr_unread *find_unread(const struct hr_snapshot *snapshot, uint64_t pa)
{
	if (!snapshot->unread_count)
		return NULL;
	return bsearch(&pa, snapshot->unread, snapshot->unread_count, sizeof(*snapshot->unread),
		       compare_unread);
}

struct hr_error *hr_snapshot_explain(const struct hr_snapshot *snapshot, uint64_t pa,
				     struct hr_error *error)
{
	const struct hr_unread *unread = find_unread(snapshot, pa);
	_cleanup_free_ char *why = NULL;
	char address[ADDRESS_SIZE];

	if (!unread || error->code != HR_ERROR_UNREADABLE)
		return error;
	snprintf(address, sizeof(address), "0x%" PRIx64, pa);
	why = replace(unread->why, PLACE, address);
	hr_error_destroy(error);
	return why ? hr_error_new(HR_ERROR_UNREADABLE, "%s", why) : hr_error_no_memory();
}

void hr_snapshot_destroy(struct hr_snapshot *snapshot)
{
	if (snapshot)
		hr_snapshot_release(snapshot);
	free(snapshot);
}
