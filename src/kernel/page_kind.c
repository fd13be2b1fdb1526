// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/page_kind.h"

#include "base/little_endian.h"
#include "base/names.h"
#include "base/zero.h"

enum {
	/* Of the largest chunk or folio that counts, which is one of 16 GiB with 64K pages. */
	ORDER_MOST = 18,
	/* The low bits of mapping (page-flags.h): both are KSM, the second alone is below. */
	MAPPING_ANON = 1,
	MAPPING_MOVABLE = 2, /* up to 6.16: a driver moves the page */
	MAPPING_FLAGS = 3,
};

static const struct hr_names names = HR_NAMES(
	[HR_PAGES_FREE] = "free", [HR_PAGES_IDLE] = "idle", [HR_PAGES_MOVABLE] = "movable",
	[HR_PAGES_HUGETLB] = "hugetlb", [HR_PAGES_HWPOISON] = "hwpoison",
	[HR_PAGES_MEMMAP] = "memmap", [HR_PAGES_OFFLINE] = "offline", [HR_PAGES_OTHER] = "other",
	[HR_PAGES_RESERVED] = "reserved", [HR_PAGES_SLAB] = "slab", [HR_PAGES_TABLE] = "page_table",
	[HR_PAGES_KERNEL] = "kernel", [HR_PAGES_CACHE] = "unmovable_cache",
	[HR_PAGES_PINNED] = "pinned", [HR_PAGES_NOT_ONLINE] = "not_online",
	[HR_PAGES_UNREADABLE] = "unreadable");

const char *hr_page_kind_name(enum hr_page_kind kind)
{
	return hr_name_of(&names, kind);
}

bool hr_page_kind_is_unmovable(enum hr_page_kind kind)
{
	return kind >= HR_PAGES_RESERVED && kind <= HR_PAGES_PINNED;
}

bool hr_page_kind_moves(enum hr_page_kind kind)
{
	return kind == HR_PAGES_MOVABLE || kind == HR_PAGES_HUGETLB;
}

/* A struct page, and if it is the head of a folio, what the folio is like. */
struct page {
	const struct hr_page_run *run;
	size_t index;
	const unsigned char *at;
	uint64_t flags, mapping;
	uint32_t refs;
	enum hr_page_type type;
	unsigned int order; /* of the folio */
	bool is_compound;
	const unsigned char *tail; /* the first tail page of a folio */
};

static bool has(const struct page *page, enum hr_page_flag flag)
{
	return page->flags & page->run->form->masks[flag];
}

static struct page page_at(const struct hr_page_run *run, size_t index)
{
	const struct hr_page_form *form = run->form;
	const unsigned char *at = run->pages + index * form->size;

	return (struct page){
		.run = run,
		.index = index,
		.at = at,
		.flags = hr_get_le64(at + form->flags),
		.mapping = hr_get_le64(at + form->mapping),
		.refs = hr_get_le32(at + form->refs),
		.type = hr_page_type_of(&form->types, hr_get_le32(at + form->type)),
	};
}

static bool is_in_zone_movable(const struct page *page)
{
	const struct hr_page_form *form = page->run->form;

	return (page->flags >> form->zone_shift & form->zone_mask) == form->zone_movable;
}

/*
 * No kernel leaves these: a page that nobody uses has a _mapcount of -1, and a struct page that was
 * never initialized is all ones (PAGE_POISON_PATTERN) where that is checked.
 */
static bool is_blank(const struct page *page)
{
	return page->flags == UINT64_MAX || hr_is_zero(page->at, page->run->form->size);
}

/* How many of 1 << @order pages from @index on are in @run. */
static size_t span_of(const struct hr_page_run *run, size_t index, unsigned int order)
{
	size_t left = run->count - index, span = (size_t)1 << order;

	return span < left ? span : left;
}

/* A chunk or a folio begins at a multiple of its size. */
static bool is_order(const struct page *page, uint64_t order)
{
	return order <= ORDER_MOST &&
	       !((page->run->pfn + page->index) & ((UINT64_C(1) << order) - 1));
}

/* Find the first tail page, and the order that it has. Returns false if they cannot be. */
static bool open_folio(struct page *page)
{
	const struct hr_page_run *run = page->run;
	size_t tail = page->index + 1;

	if (tail >= run->count || run->states[tail] != HR_PAGE_READ)
		return false;
	page->is_compound = true;
	page->tail = page->at + run->form->size;
	page->order = page->tail[run->form->order];
	return page->order && is_order(page, page->order);
}

static bool is_hugetlb(const struct page *page)
{
	const struct hr_page_form *form = page->run->form;

	if (page->type == HR_PAGE_TYPE_HUGETLB)
		return true;
	if (!page->is_compound)
		return false;
	if (form->masks[HR_PG_HUGETLB])
		return hr_get_le64(page->tail + form->flags) & form->masks[HR_PG_HUGETLB];
	return form->dtor != HR_PAGE_NOWHERE && page->tail[form->dtor] == form->hugetlb_dtor;
}

/* Are there pins (FOLL_PIN) of a folio of several pages, which has a counter for them? */
static bool has_pins(const struct page *page)
{
	int pins = page->run->form->pins;

	return page->is_compound && pins != HR_PAGE_NOWHERE && hr_get_le32(page->tail + pins);
}

/* A _mapcount counts from -1. */
static int64_t count_at(const unsigned char *at)
{
	return (int64_t)(int32_t)hr_get_le32(at) + 1;
}

/* The sum of the mapcounts of all pages. Returns false if one of them is not there. */
static bool sum_pages(const struct page *page, int64_t *sum)
{
	const struct hr_page_run *run = page->run;
	size_t count = (size_t)1 << page->order;

	*sum = 0;
	if (span_of(run, page->index, page->order) < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (run->states[page->index + i] != HR_PAGE_READ)
			return false;
		*sum += count_at(page->at + i * run->form->size + run->form->type);
	}
	return true;
}

/* folio_mapcount(): in how many places page tables map a page of the folio. */
static bool find_mapcount(const struct page *page, int64_t *ret)
{
	const struct hr_page_form *form = page->run->form;
	int64_t large, pages = INT64_C(1) << page->order;

	if (!page->is_compound) {
		*ret = count_at(page->at + form->type);
		return true;
	}
	large = count_at(page->tail + form->count);
	*ret = large;
	if (form->count_form == HR_PAGE_COUNT_LARGE)
		return true;
	if (!sum_pages(page, ret))
		return false;
	*ret += large;
	if (form->count_form == HR_PAGE_COUNT_ENTIRE)
		return true;
	if (!(page->mapping & MAPPING_ANON))
		*ret -= large * pages;
	else if (hr_get_le64(page->tail + form->flags) & form->masks[HR_PG_DOUBLE_MAP])
		*ret -= pages;
	return true;
}

/*
 * What explains the references of a page of a process or a file, as folio_expected_ref_count() of
 * include/linux/mm.h (7.2) and folio_expected_refs() of mm/migrate.c (6.1) have it: mappings, and
 * one for each page in a cache. Whoever has taken the page off the LRU list has one more.
 */
static bool find_expected(const struct page *page, int64_t *ret)
{
	int64_t pages = INT64_C(1) << page->order;

	if (!find_mapcount(page, ret))
		return false;
	if (has(page, HR_PG_SWAPBACKED) && has(page, HR_PG_SWAPCACHE))
		*ret += pages;
	if (!(page->mapping & MAPPING_ANON))
		*ret += (page->mapping ? pages : 0) + has(page, HR_PG_PRIVATE);
	*ret += !has(page, HR_PG_LRU);
	return true;
}

/*
 * The page cache of ramfs and memfd_secret: no swap, nothing behind it, and no process has locked
 * it. fallback_migrate_folio() refuses dirty folios, and secretmem_migrate_folio() all. Locked
 * shared memory, which can move, has swap behind it.
 */
static bool is_stuck_cache(const struct page *page)
{
	return has(page, HR_PG_LRU) && has(page, HR_PG_UNEVICTABLE) && has(page, HR_PG_DIRTY) &&
	       !has(page, HR_PG_MLOCKED) && !has(page, HR_PG_SWAPBACKED) && page->mapping &&
	       !(page->mapping & MAPPING_FLAGS);
}

/* A page of a process or a file: it can be moved unless somebody else holds it. */
static enum hr_page_kind kind_of_user(const struct page *page)
{
	int64_t expected;

	if (!page->refs)
		return HR_PAGES_IDLE;
	if (!find_expected(page, &expected))
		return HR_PAGES_UNREADABLE;
	if (has_pins(page) || page->refs > expected)
		return HR_PAGES_PINNED;
	return is_stuck_cache(page) ? HR_PAGES_CACHE : HR_PAGES_MOVABLE;
}

/* Does the driver of the page move it? */
static bool has_movable_ops(const struct page *page)
{
	if (page->run->form->masks[HR_PG_MOVABLE_OPS])
		return has(page, HR_PG_MOVABLE_OPS) && page->type == HR_PAGE_TYPE_ZSMALLOC;
	return (page->mapping & MAPPING_FLAGS) == MAPPING_MOVABLE;
}

/* A page that has no type, and is not one of a process or a file. */
static enum hr_page_kind kind_of_rest(const struct page *page)
{
	if (has_movable_ops(page))
		return HR_PAGES_MOVABLE;
	if (!page->refs && !page->is_compound && page->type == HR_PAGE_TYPE_NONE)
		return HR_PAGES_IDLE;
	return HR_PAGES_KERNEL;
}

static enum hr_page_kind kind_of_folio(const struct page *page)
{
	if (is_hugetlb(page))
		return has_pins(page) ? HR_PAGES_PINNED : HR_PAGES_HUGETLB;
	if (has(page, HR_PG_SLAB) || page->type == HR_PAGE_TYPE_SLAB)
		return HR_PAGES_SLAB;
	if (page->type == HR_PAGE_TYPE_TABLE)
		return HR_PAGES_TABLE;
	if (page->type == HR_PAGE_TYPE_OFFLINE)
		return HR_PAGES_OFFLINE;
	/* Not on the LRU list, but of a process or a file: on its way to the list, or from it. */
	if (page->type == HR_PAGE_TYPE_NONE &&
	    (has(page, HR_PG_LRU) ||
	     (page->mapping && (page->mapping & MAPPING_FLAGS) != MAPPING_MOVABLE)))
		return kind_of_user(page);
	return kind_of_rest(page);
}

/* In ZONE_MOVABLE, has_unmovable_pages() looks for reserved pages only. */
static enum hr_page_kind in_zone(const struct page *page, enum hr_page_kind kind)
{
	bool is_passed = kind == HR_PAGES_SLAB || kind == HR_PAGES_TABLE || kind == HR_PAGES_KERNEL;

	return is_passed && is_in_zone_movable(page) ? HR_PAGES_OTHER : kind;
}

/* A free chunk, whose order is where others have private data. */
static enum hr_page_kind kind_of_chunk(const struct page *page, size_t *ret_span)
{
	uint64_t order = hr_get_le64(page->at + page->run->form->private);

	if (!is_order(page, order))
		return HR_PAGES_UNREADABLE;
	*ret_span = span_of(page->run, page->index, (unsigned int)order);
	return HR_PAGES_FREE;
}

enum hr_page_kind hr_page_kind_at(const struct hr_page_run *run, size_t index, size_t *ret_span)
{
	struct page page;

	*ret_span = 1;
	if (run->states[index] == HR_PAGE_EXPECTED)
		return HR_PAGES_FREE;
	if (run->states[index] == HR_PAGE_UNREAD)
		return HR_PAGES_UNREADABLE;
	page = page_at(run, index);
	if (is_blank(&page))
		return HR_PAGES_UNREADABLE;
	if (has(&page, HR_PG_RESERVED))
		return HR_PAGES_RESERVED;
	if (has(&page, HR_PG_HWPOISON))
		return HR_PAGES_HWPOISON;
	if (page.type == HR_PAGE_TYPE_BUDDY)
		return kind_of_chunk(&page, ret_span);
	if (has(&page, HR_PG_HEAD)) {
		if (!open_folio(&page))
			return HR_PAGES_UNREADABLE;
		*ret_span = span_of(run, index, page.order);
	}
	return in_zone(&page, kind_of_folio(&page));
}

/* Are all bits from some bit on set, and none below it? */
static bool is_mask(uint64_t value)
{
	return !(-value & (-value - 1));
}

bool hr_page_is_tail(const struct hr_page_run *run, size_t index, uint64_t page_va,
		     uint64_t *ret_back)
{
	const struct hr_page_form *form = run->form;
	uint64_t link, head;

	*ret_back = 0;
	if (run->states[index] != HR_PAGE_READ)
		return false;
	link = hr_get_le64(run->pages + index * form->size + form->link);
	if (!(link & 1))
		return false;
	/* A pointer; or, where hugetlb pages share struct pages, a mask of addresses (7.0 on). */
	head = link - 1;
	if (is_mask(head))
		head &= page_va;
	if (head < page_va && !((page_va - head) % form->size) &&
	    (page_va - head) / form->size < UINT64_C(1) << ORDER_MOST)
		*ret_back = (page_va - head) / form->size;
	return true;
}

bool hr_page_is_self_hosted(const struct hr_page_run *run, size_t index)
{
	const struct page page = page_at(run, index);

	return has(&page, HR_PG_SELF_HOSTED);
}

bool hr_page_is_in_zone_movable(const struct hr_page_run *run, size_t index)
{
	const struct page page = page_at(run, index);

	return run->states[index] == HR_PAGE_READ && is_in_zone_movable(&page);
}
