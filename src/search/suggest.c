// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/suggest.h"

#include <stdlib.h>

#include "base/grow.h"
#include "search/suggest_blocks.h"

/* A range to consider. */
struct candidate {
	struct hr_suggestion what;
	size_t first, last; /* blocks */
};

struct search {
	const struct hr_suggest_query *query;
	struct hr_suggestions *ret;
	struct hr_block_facts facts;
	struct candidate *candidates;
	size_t candidate_count, candidate_capacity;
};

/* Is @verdict "yes", or with @possible at least not "no"? */
static bool is_yes(enum hr_verdict verdict, bool possible)
{
	return verdict == HR_VERDICT_REMOVABLE || (possible && verdict == HR_VERDICT_UNKNOWN);
}

/* Blocks from @first to @end, exclusive, and their sums. */
struct window {
	size_t first, end;
	uint64_t cost, flush, refused;
	uint64_t tables; /* TLBIs of shared tables that lie completely inside */
};

/* Add the block after @window to it. */
static void window_extend(const struct search *search, struct window *window)
{
	const struct hr_block_fact *fact = &search->facts.blocks[window->end++];

	window->cost += fact->cost;
	window->flush += fact->flush;
	window->refused += fact->refused;
	for (uint32_t at = fact->ending; at != HR_NO_TABLE; at = search->facts.tables[at].next) {
		if (search->facts.tables[at].first < window->first)
			continue;
		search->facts.blocks[search->facts.tables[at].first].begun +=
			search->facts.tables[at].cost;
		window->tables += search->facts.tables[at].cost;
	}
}

/* Remove the first block from @window. */
static void window_advance(const struct search *search, struct window *window)
{
	const struct hr_block_fact *fact = &search->facts.blocks[window->first++];

	window->cost -= fact->cost;
	window->flush -= fact->flush;
	window->refused -= fact->refused;
	window->tables -= fact->begun;
}

static struct hr_pa_range blocks_range(const struct search *search, size_t first, size_t end)
{
	return (struct hr_pa_range){
		.start = search->facts.blocks[first].start,
		.end = search->facts.blocks[end - 1].start +
		       search->query->check->machine.block_size,
	};
}

/* The count that hr_plan_create() would give. */
static uint64_t window_tlbi(const struct search *search, const struct window *window)
{
	const struct hr_block_fact *first = &search->facts.blocks[window->first];
	struct hr_pa_range range = blocks_range(search, window->first, window->end);
	const struct hr_teardown_form *form = search->query->form;
	uint64_t tlbi = window->cost + first->before + window->tables;
	uint64_t va, va_end;

	if (form->teardown == HR_TEARDOWN_PER_LEAF)
		return tlbi;
	/* Blocks that hold their own memmap are removed one by one. */
	if (form->calls == HR_CALLS_BLOCK || (!form->calls && first->has_altmap))
		return tlbi + window->flush;
	if (hr_map_range(search->query->check->machine.layout, HR_MAP_LINEAR, range.start,
			 range.end, &va, &va_end))
		tlbi += hr_range_flush_cost(form->tlbi, va, va_end - va);
	return tlbi;
}

static struct hr_error *add_candidate(struct search *search, const struct window *window)
{
	struct candidate *candidates = hr_grow(search->candidates, search->candidate_count,
					       &search->candidate_capacity, sizeof(*candidates));

	if (!candidates)
		return hr_error_no_memory();
	search->candidates = candidates;
	search->candidates[search->candidate_count++] = (struct candidate){
		.what = {
			.range = blocks_range(search, window->first, window->end),
			.blocks = window->end - window->first,
			.refused = window->refused,
			.tlbi = window_tlbi(search, window),
		},
		.first = window->first,
		.last = window->end - 1,
	};
	return NULL;
}

static uint64_t blocks_needed(const struct search *search)
{
	return (search->query->size - 1) / search->query->check->machine.block_size + 1;
}

/* Is @window as large as needed, and can a range end where it ends? */
static bool is_tight(const struct search *search, const struct window *window, uint64_t need)
{
	return window->end - window->first >= need &&
	       is_yes(search->facts.blocks[window->end - 1].end_verdict, false);
}

/*
 * Find the tight windows among the blocks from @first to @end, which are adjacent and can all be
 * removed.
 */
static struct hr_error *find_windows(struct search *search, size_t first, size_t end)
{
	uint64_t need = blocks_needed(search);
	struct window window = { .first = first, .end = first };
	struct hr_error *error = NULL;

	while (!error && end - window.first >= need) {
		bool starts = is_yes(search->facts.blocks[window.first].start_verdict, false);

		if (window.end == window.first)
			window_extend(search, &window);
		while (starts && window.end < end && !is_tight(search, &window, need))
			window_extend(search, &window);
		/* If this window finds no end, later ones do not either. */
		if (starts && !is_tight(search, &window, need))
			break;
		if (starts)
			error = add_candidate(search, &window);
		window_advance(search, &window);
	}
	return error;
}

/*
 * Among the blocks from @first to @end, which are adjacent and can all be removed, the largest
 * range extends from the first possible edge to the last. Returns false if there is none.
 */
static bool shrink(const struct search *search, bool possible, size_t *first, size_t *end)
{
	while (*first < *end && !is_yes(search->facts.blocks[*first].start_verdict, possible))
		++*first;
	while (*first < *end && !is_yes(search->facts.blocks[*end - 1].end_verdict, possible))
		--*end;
	return *first < *end;
}

static void keep_largest(const struct search *search, size_t first, size_t end)
{
	struct hr_suggestions *ret = search->ret;
	struct hr_pa_range range;

	if (!shrink(search, false, &first, &end))
		return;
	range = blocks_range(search, first, end);
	if (ret->has_largest && range.end - range.start <= ret->largest.end - ret->largest.start)
		return;
	ret->has_largest = true;
	ret->largest = range;
}

/* The end of the adjacent blocks from @first on that can be removed like the first. */
static size_t adjoining_end(const struct search *search, bool possible, size_t first)
{
	const struct hr_block_fact *facts = search->facts.blocks;
	size_t end = first + 1;

	while (end < search->facts.count && is_yes(facts[end].verdict, possible) &&
	       facts[end].start == facts[end - 1].start + search->query->check->machine.block_size)
		end++;
	return end;
}

static struct hr_error *find_candidates(struct search *search)
{
	struct hr_error *error = NULL;
	size_t first = 0;

	while (!error && first < search->facts.count) {
		size_t end = first + 1;

		if (is_yes(search->facts.blocks[first].verdict, false)) {
			end = adjoining_end(search, false, first);
			keep_largest(search, first, end);
			error = find_windows(search, first, end);
		}
		first = end;
	}
	return error;
}

static bool is_unknown(const struct hr_block_fact *fact)
{
	return fact->verdict == HR_VERDICT_UNKNOWN || fact->start_verdict == HR_VERDICT_UNKNOWN ||
	       fact->end_verdict == HR_VERDICT_UNKNOWN;
}

/* Could there be a range of the requested size that was missed because something is unreadable? */
static bool may_miss_any(const struct search *search)
{
	size_t first = 0, end;

	for (; first < search->facts.count; first = end) {
		size_t from = first, to;
		bool unknown = false;

		end = first + 1;
		if (!is_yes(search->facts.blocks[first].verdict, true))
			continue;
		to = end = adjoining_end(search, true, first);
		if (!shrink(search, true, &from, &to) || to - from < blocks_needed(search))
			continue;
		for (size_t i = from; i < to && !unknown; i++)
			unknown = is_unknown(&search->facts.blocks[i]);
		if (unknown)
			return true;
	}
	return false;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_suggestions(const void *left, const void *right)
{
	const struct hr_suggestion *a = left, *b = right;
	int order = compare_numbers(a->refused, b->refused);

	if (!order)
		order = compare_numbers(a->tlbi, b->tlbi);
	if (!order)
		order = compare_numbers(a->blocks, b->blocks);
	return order ? order : compare_numbers(a->range.start, b->range.start);
}

static int compare_candidates(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	return compare_suggestions(&a->what, &b->what);
}

/*
 * A tight window does not contain another one that ends before it does. So two of them overlap only
 * if an end of one lies in the other.
 */
static bool is_free(const struct search *search, const struct candidate *candidate)
{
	return !search->facts.blocks[candidate->first].taken &&
	       !search->facts.blocks[candidate->last].taken;
}

static struct hr_error *choose(struct search *search)
{
	struct hr_suggestions *ret = search->ret;

	if (!search->candidate_count)
		return NULL;
	ret->list = calloc(search->candidate_count, sizeof(*ret->list));
	if (!ret->list)
		return hr_error_no_memory();
	qsort(search->candidates, search->candidate_count, sizeof(*search->candidates),
	      compare_candidates);
	for (size_t i = 0; i < search->candidate_count; i++) {
		const struct candidate *candidate = &search->candidates[i];

		if (!is_free(search, candidate))
			continue;
		for (size_t block = candidate->first; block <= candidate->last; block++)
			search->facts.blocks[block].taken = true;
		ret->list[ret->count++] = candidate->what;
	}
	return NULL;
}

struct hr_error *hr_suggest_find(const struct hr_suggest_query *query, struct hr_suggestions *ret)
{
	struct search search = { .query = query, .ret = ret };
	struct hr_error *error = hr_block_facts_collect(query, &search.facts);

	*ret = (struct hr_suggestions){ .unread = search.facts.unread };
	if (!error)
		error = find_candidates(&search);
	if (!error) {
		ret->unread |= may_miss_any(&search);
		error = choose(&search);
	}
	hr_block_facts_release(&search.facts);
	free(search.candidates);
	return error;
}

void hr_suggest_sort(struct hr_suggestions *suggestions)
{
	if (suggestions->count)
		qsort(suggestions->list, suggestions->count, sizeof(*suggestions->list),
		      compare_suggestions);
}

void hr_suggestions_release(struct hr_suggestions *suggestions)
{
	free(suggestions->list);
	*suggestions = (struct hr_suggestions){ 0 };
}
