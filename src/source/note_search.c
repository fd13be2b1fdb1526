// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/note_search.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/page_buffer.h"
#include "base/zero.h"
#include "text/note_lines.h"

enum {
	PAGE = 4096,	  /* every page begins at a multiple of this */
	TEXT_MAX = 65536, /* a text has at most one page */
	PAGES = 512,	  /* how many are read at a time */
	UTS_FIELD = 65,
	UTS_RELEASE = 130, /* struct new_utsname: the release is its third field */
};

#define FIRST_KEY "OSRELEASE="
#define LAST_KEY  "\nCRASHTIME="

/* Keys that every arm64 kernel writes. */
static const char *const wanted[] = {
	"PAGESIZE",
	"SYMBOL(swapper_pg_dir)",
	"SYMBOL(mem_section)",
	"NUMBER(VA_BITS)",
	"NUMBER(PHYS_OFFSET)",
	"NUMBER(kimage_voffset)",
	"SYMBOL(init_uts_ns)",
	"OFFSET(uts_namespace.name)",
};

/* What is known of the memory, in pages by number, and the pages that are looked at next. */
struct search {
	const struct hr_source *source;
	uint64_t next, end; /* memory that the source has; more of it may follow */
	uint64_t most;	    /* bytes that may still be searched */
	uint64_t pas[PAGES];
	size_t count;
	char *pages;	/* their content, as far as they are ok */
	bool ok[PAGES]; /* which were read */
	size_t candidates;
	struct hr_found_note *found;
};

static bool read_memory(const struct search *search, uint64_t pa, void *buffer, size_t len)
{
	struct hr_error *error = hr_memory_read(&search->source->memory, pa, buffer, len);

	hr_error_destroy(error);
	return !error;
}

/* The value of @key in @text, which begins after its equals sign; NULL if there is none. */
static const char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	while ((text = strchr(text, '\n'))) {
		text++;
		if (!strncmp(text, key, len) && text[len] == '=')
			return text + len + 1;
	}
	return NULL;
}

static uint64_t number_of(const char *text, const char *key, int radix)
{
	return strtoull(value_of(text, key), NULL, radix);
}

/* Does the kernel's name in memory contradict the text? A name that cannot be read does not. */
static bool is_of_another(const struct search *search, const char *text)
{
	uint64_t va = number_of(text, "SYMBOL(init_uts_ns)", 16) +
		      number_of(text, "OFFSET(uts_namespace.name)", 0) + UTS_RELEASE;
	const char *release = text + strlen(FIRST_KEY);
	size_t len = strcspn(release, "\n");
	char name[UTS_FIELD];

	if (!read_memory(search, va - number_of(text, "NUMBER(kimage_voffset)", 0), name,
			 sizeof(name)))
		return false;
	return len >= sizeof(name) || memcmp(name, release, len) || name[len];
}

/* Is @text of @len bytes what a kernel writes? */
static bool is_note(const struct search *search, const char *text, size_t len)
{
	struct hr_text copy = { .bytes = malloc(len + 1), .len = len };
	struct hr_error *error = NULL;
	bool is_cut = false, same = false;

	if (!copy.bytes)
		return false;
	memcpy(copy.bytes, text, len + 1);
	error = hr_text_clean(&hr_note_lines, &copy);
	if (!error)
		error = hr_note_split(&copy, &is_cut);
	same = !error && !is_cut && copy.len == len && !memcmp(copy.bytes, text, len);
	hr_error_destroy(error);
	free(copy.bytes);
	for (size_t i = 0; same && i < sizeof(wanted) / sizeof(wanted[0]); i++)
		same = value_of(text, wanted[i]);
	return same && !is_of_another(search, text);
}

/* The length of a text without the time of a crash, which only one of its copies gets. */
static size_t length_of_same(const char *text)
{
	const char *crash = strstr(text, LAST_KEY);

	return crash ? (size_t)(crash + 1 - text) : strlen(text);
}

static bool are_copies(const char *a, const char *b)
{
	size_t len = length_of_same(a);

	return len == length_of_same(b) && !memcmp(a, b, len);
}

/* Read the text at @pa up to its end, after which its page has only zeros. */
static bool read_text(const struct search *search, uint64_t pa, char *text, size_t *ret)
{
	for (size_t at = 0; at < TEXT_MAX; at += PAGE) {
		size_t len;

		if (!read_memory(search, pa + at, text + at, PAGE))
			return false;
		len = strnlen(text + at, PAGE);
		*ret = at + len;
		if (len < PAGE)
			return hr_is_zero(text + *ret, PAGE - len);
	}
	return false;
}

static struct hr_error *take_candidate(struct search *search, uint64_t pa)
{
	_cleanup_free_ char *text = hr_page_buffer(TEXT_MAX + 1);
	struct hr_found_note *found = search->found;
	size_t len;

	if (!text)
		return hr_error_no_memory();
	if (++search->candidates > HR_NOTE_CANDIDATES_MAX)
		found->is_ambiguous = true;
	if (found->is_ambiguous || !read_text(search, pa, text, &len) ||
	    !is_note(search, text, len))
		return NULL;
	if (found->text) {
		found->is_ambiguous = !are_copies(found->text, text);
		return NULL;
	}
	found->text = hr_take(text);
	found->len = len;
	return NULL;
}

/*
 * Get the next page. Of its bytes, the source may have only some, or several of its parts may have
 * some each.
 */
static bool next_page(struct search *search, uint64_t *ret)
{
	const struct hr_source *source = search->source;
	uint64_t start, end;

	if (search->next == search->end) {
		if (search->next > UINT64_MAX / PAGE ||
		    !source->ops->next(source->context, search->next * PAGE, &start, &end))
			return false;
		search->next = start / PAGE;
		search->end = (end - 1) / PAGE + 1;
	}
	search->found->is_cut = search->most < PAGE;
	if (search->found->is_cut)
		return false;
	search->most -= PAGE;
	*ret = search->next++ * PAGE;
	return true;
}

/* Read pages [@first, @end) of the list, which are neighbours. */
static void read_run(struct search *search, size_t first, size_t end)
{
	bool whole = read_memory(search, search->pas[first], search->pages + first * PAGE,
				 (end - first) * PAGE);

	for (size_t i = first; i < end; i++)
		search->ok[i] = whole ||
				read_memory(search, search->pas[i], search->pages + i * PAGE, PAGE);
}

/* In runs, unless the source knows better how to read many pages. */
static void read_pages(struct search *search)
{
	const struct hr_memory *memory = &search->source->memory;
	struct hr_batch batch = {
		.pas = search->pas,
		.count = search->count,
		.len = PAGE,
		.buffer = search->pages,
		.ok = search->ok,
	};
	size_t first = 0;

	memset(search->ok, 0, sizeof(search->ok));
	if (memory->finish) {
		hr_memory_begin(memory, &batch);
		hr_memory_finish(memory, &batch);
		return;
	}
	for (size_t i = 1; i <= search->count; i++) {
		if (i < search->count && search->pas[i] == search->pas[i - 1] + PAGE)
			continue;
		read_run(search, first, i);
		first = i;
	}
}

static struct hr_error *look_at_pages(struct search *search)
{
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < search->count && !search->found->is_ambiguous; i++) {
		const char *page = search->pages + i * PAGE;

		if (search->ok[i] && !memcmp(page, FIRST_KEY, strlen(FIRST_KEY)))
			error = take_candidate(search, search->pas[i]);
	}
	return error;
}

static struct hr_error *search_all(struct search *search, const struct hr_progress *progress)
{
	uint64_t all = search->source->memory.size, most = search->most;
	struct hr_error *error = NULL;

	do {
		search->count = 0;
		while (search->count < PAGES && next_page(search, &search->pas[search->count]))
			search->count++;
		if (!search->count)
			break;
		read_pages(search);
		error = look_at_pages(search);
		if (progress->fn)
			progress->fn(progress->context, most - search->most,
				     all < most ? all : most);
	} while (!error && !search->found->is_ambiguous);
	return error;
}

struct hr_error *hr_note_search(const struct hr_source *source, uint64_t most,
				const struct hr_progress *progress, struct hr_found_note *ret)
{
	_cleanup_free_ char *pages = NULL;
	struct search search = { .source = source, .most = most, .found = ret };
	struct hr_error *error;

	*ret = (struct hr_found_note){ .text = NULL };
	if (!source->ops->next)
		return NULL;
	pages = search.pages = hr_page_buffer((size_t)PAGES * PAGE);
	if (!pages)
		return hr_error_no_memory();
	error = search_all(&search, progress);
	if (!error && !ret->is_ambiguous)
		return NULL;
	free(ret->text);
	ret->text = NULL;
	return error;
}
