// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/work.h"

#include <hotremove/hotremove.h>

/* More memory blocks than this are not counted, because it would take too long. */
#define BLOCKS_MAX (UINT64_C(1) << 20)

void hr_work_begin(struct hr_work *work, const struct hr_kernel *kernel, uint64_t range_bytes,
		   uint64_t passes)
{
	*work = (struct hr_work){
		.kernel = kernel,
		.range_bytes = range_bytes,
		.passes = passes,
	};
}

void hr_work_next(struct hr_work *work, const struct hr_pa_range *range)
{
	work->passes_done += work->in_pass;
	work->ranges_done += work->part.end - work->part.start;
	work->in_pass = !range;
	work->part = range ? *range : (struct hr_pa_range){ 0, 0 };
}

/* Add a block. If there are too many areas, the gap before it counts as memory. */
static void add_block(struct hr_work *work, uint64_t start, uint64_t size)
{
	struct hr_pa_range *last = work->area_count ? &work->areas[work->area_count - 1] : NULL;

	if (last && (last->end == start || work->area_count == HR_WORK_AREAS))
		last->end = start + size;
	else
		work->areas[work->area_count++] = (struct hr_pa_range){ start, start + size };
}

void hr_work_measure(struct hr_work *work)
{
	uint64_t size = hr_kernel_facts(work->kernel)->memory_block_size, start = 0, count = 0;
	bool unread = false;

	while ((start = hr_kernel_next_block(work->kernel, start, &unread)) != HR_NO_BLOCK &&
	       count++ < BLOCKS_MAX) {
		add_block(work, start, size);
		start += size;
	}
	if (start != HR_NO_BLOCK)
		work->area_count = 0;
	for (size_t i = 0; i < work->area_count; i++)
		work->present += work->areas[i].end - work->areas[i].start;
}

/* The bytes of [@range.start, @range.end) below @pa. */
static uint64_t bytes_below(const struct hr_pa_range *range, uint64_t pa)
{
	if (pa <= range->start)
		return 0;
	return (pa < range->end ? pa : range->end) - range->start;
}

/* The progress of the current part, which has reached @pa. */
static uint64_t done_of_part(const struct hr_work *work, uint64_t pa)
{
	uint64_t done = 0;

	if (!work->in_pass)
		return bytes_below(&work->part, pa);
	for (size_t i = 0; i < work->area_count; i++)
		done += bytes_below(&work->areas[i], pa);
	return done;
}

bool hr_work_position(void *context, uint64_t pa, uint64_t *ret_done, uint64_t *ret_total)
{
	struct hr_work *work = context;
	uint64_t done, total;

	total = work->range_bytes + work->passes * work->present;
	done = work->ranges_done + work->passes_done * work->present + done_of_part(work, pa);
	/* The checks come after the walks, so the work is not finished before the answer is. */
	if (done > total - total / 100)
		done = total - total / 100;
	if (done > work->shown)
		work->shown = done;
	*ret_done = work->shown;
	*ret_total = total;
	return total && (!work->passes || work->area_count);
}
