// SPDX-License-Identifier: GPL-2.0-or-later
/* The note of a snapshot. Input: its text. What was read is written, and read again the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "source/snapshot.h"

static char *print(const struct hr_snapshot *snapshot, size_t *ret_len)
{
	char *text = NULL;
	FILE *stream = open_memstream(&text, ret_len);

	require(stream != NULL, "no memory");
	hr_snapshot_print(snapshot, stream);
	require(!fclose(stream), "no memory");
	return text;
}

/* A reader keeps values that are longer than those that are written, but writes them only once. */
static void check_text(const struct hr_snapshot *snapshot)
{
	struct hr_snapshot again, once_more;
	size_t len, other_len;
	char *text = print(snapshot, &len), *other;
	struct hr_error *error = hr_snapshot_parse(text, len, &again);

	require(!error, "what was written is refused: %s", error ? error->message : "");
	other = print(&again, &other_len);
	require(len == other_len && !memcmp(text, other, len), "it is written differently");
	require(!hr_snapshot_parse(other, other_len, &once_more), "it is refused later");
	hr_snapshot_release(&once_more);
	hr_snapshot_release(&again);
	free(other);
	free(text);
}

static void ask_host(const struct hr_snapshot *snapshot)
{
	struct hr_symbol symbols[] = { { .name = "_stext" } };
	struct hr_host host;

	hr_snapshot_host(snapshot, &host);
	for (uint64_t i = 0; i < 16; i++) {
		if (host.block_online)
			host.block_online(host.context, i);
		host.owner(host.context, i, i + 1);
		hr_error_destroy(hr_snapshot_explain(snapshot, i << 12,
						     hr_error_new(HR_ERROR_UNREADABLE, "absent")));
	}
	if (host.find_symbols)
		hr_error_destroy(host.find_symbols(host.context, symbols, 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hr_snapshot snapshot;
	struct hr_error *error = hr_snapshot_parse((const char *)data, size, &snapshot);

	if (!error) {
		ask_host(&snapshot);
		check_text(&snapshot);
	}
	hr_error_destroy(error);
	hr_snapshot_release(&snapshot);
	return 0;
}
