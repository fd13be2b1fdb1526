// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/answer.h"
#include "api/kernel_steps.h"
#include "api/kernel_views.h"
#include "base/cleanup.h"
#include "base/units.h"
#include "map/survey.h"

/* A change, how memory was added in it, and what to warn of. */
struct hr_change_list {
	struct hr_predicted predicted;
	struct hr_add how;
	char warning[HR_SENTENCE_SIZE], release[HR_RELEASE_SIZE];
	struct hr_change_list *next;
};

const struct hr_predicted *hr_kernel_predicted(const struct hr_kernel *kernel, size_t index)
{
	const struct hr_change_list *change = kernel->changes;

	for (; change && index; index--)
		change = change->next;
	return change ? &change->predicted : NULL;
}

void hr_kernel_forget_changes(struct hr_kernel *kernel)
{
	while (kernel->changes) {
		struct hr_change_list *next = kernel->changes->next;

		free(kernel->changes);
		kernel->changes = next;
	}
	hr_prediction_destroy(kernel->prediction);
	kernel->prediction = NULL;
}

/* Add a change to the end of the list. NULL without memory. */
static struct hr_change_list *new_change(struct hr_kernel *kernel,
					 const struct hr_predicted *predicted)
{
	struct hr_change_list **last = &kernel->changes;
	struct hr_change_list *change = calloc(1, sizeof(*change));

	if (!change)
		return NULL;
	while (*last)
		last = &(*last)->next;
	*last = change;
	change->predicted = *predicted;
	return change;
}

struct hr_error *hr_kernel_add_release(struct hr_kernel *kernel, const char *release)
{
	const struct hr_predicted predicted = { .kind = HR_PREDICTED_RELEASE };
	struct hr_change_list *change = new_change(kernel, &predicted);

	if (!change)
		return hr_error_no_memory();
	hr_release_sanitize(change->release, sizeof(change->release), release);
	change->predicted.release = change->release;
	return NULL;
}

/* Is @range, which exists or is to exist, one of whole memory blocks? */
static struct hr_error *check_blocks(const struct hr_kernel *kernel,
				     const struct hr_pa_range *range)
{
	struct hr_error *error = hr_kernel_check_range(kernel, range);
	uint64_t block = kernel->memory_block_size;

	if (error || !((range->start | range->end) & (block - 1)))
		return error;
	return hr_error_new(HR_ERROR_USAGE,
			    "only whole memory blocks are added and removed: start and size must "
			    "be multiples of %s",
			    hr_size_text(block).text);
}

/* Nothing may be where memory is to be added. */
static struct hr_error *check_free(const struct hr_kernel *kernel, const struct hr_pa_range *range)
{
	const struct hr_machine machine = hr_kernel_machine(kernel);
	const struct hr_map_survey *linear;
	struct hr_survey survey;
	bool unread = false;
	uint64_t block = hr_block_next(&machine, range->start, range->end, &unread);

	if (block != HR_NO_BLOCK)
		return hr_error_new(HR_ERROR_INPUT,
				    "memory at 0x%" PRIx64 " cannot be added: it exists", block);
	hr_survey_range(machine.layout, machine.walker, range->start, range->end, NULL, NULL,
			&survey);
	linear = &survey.maps[HR_MAP_LINEAR];
	if (!linear->done)
		return hr_error_new(HR_ERROR_INPUT, "the linear map has no room for this memory");
	if (linear->mapped)
		return hr_error_new(HR_ERROR_INPUT, "the linear map maps %s of this memory already",
				    hr_size_text(linear->mapped).text);
	if (unread || linear->unreadable)
		return hr_error_new(
			HR_ERROR_UNREADABLE, "it is not known whether this memory exists: %s",
			linear->unreadable ? linear->why : "mem_section could not be read");
	return NULL;
}

/*
 * Does a kernel that is told to put struct pages into the block itself do so? Only if they fill
 * whole PMDs (arch_supports_memmap_on_memory(), 6.6 to 7.3; "force" is not modelled).
 */
static bool fits_memmap(const struct hr_kernel *kernel)
{
	const struct hr_geometry *geo = &kernel->layout.geo;
	uint64_t bytes =
		(kernel->memory_block_size >> geo->page_shift) * kernel->layout.struct_page_size;

	return !(bytes & (hr_level_size(geo, HR_LEVEL_PMD) - 1));
}

static const char warn_by_default[] =
	"added memory is assumed to be mapped by pages, as kernels do unless they are booted with "
	"another setting of rodata: nothing in memory shows it ({mapping} overrides)";

static struct hr_error *describe_add(struct hr_kernel *kernel, const struct hr_added *added,
				     struct hr_add *ret)
{
	enum hr_model_source from;
	enum hr_mapping mapping = hr_kernel_mapping(kernel, &from);
	bool by_block = added->calls == HR_CALLS_BLOCK || added->memmap_on_memory;

	if (!mapping)
		return hr_error_new(HR_ERROR_INPUT,
				    "it is not known whether this kernel maps memory that it adds "
				    "by pages or by blocks: {mapping} sets it");
	if (from == HR_MODEL_FROM_RELEASE)
		hr_kernel_warn(kernel, warn_by_default);
	if (added->memmap_on_memory && !fits_memmap(kernel))
		return hr_error_new(HR_ERROR_INPUT,
				    "this kernel does not keep the struct pages of a memory block "
				    "in the block: they do not fill whole PMDs");
	*ret = (struct hr_add){
		.range = added->range,
		.blocks = mapping == HR_MAPPING_BLOCKS,
		.standing = kernel->models.standing,
		.call_size = by_block ? kernel->memory_block_size : 0,
		.block_size = added->memmap_on_memory ? kernel->memory_block_size : 0,
	};
	return NULL;
}

/* Put a prediction, without any change yet, in front of the kernel's memory. */
static struct hr_error *begin(struct hr_kernel *kernel)
{
	enum hr_model_source from;

	if (kernel->prediction)
		return NULL;
	/* Only memory that was really added shows how it is mapped. */
	hr_kernel_mapping(kernel, &from);
	hr_geometry_allow_predicted(&kernel->layout.geo);
	return hr_prediction_create(&kernel->layout, &kernel->memory, &kernel->prediction);
}

struct hr_error *hr_kernel_look_anew(struct hr_kernel *kernel)
{
	const struct hr_section_change *sections;
	struct hr_walker *walker;
	struct hr_error *error;
	size_t count;

	kernel->predicted_tables = hr_prediction_memory(kernel->prediction);
	error = hr_walker_create(&kernel->layout.geo, &kernel->predicted_tables,
				 hr_prediction_root_pa(kernel->prediction), &walker);
	if (error)
		return error;
	hr_walker_destroy(kernel->walker);
	kernel->walker = walker;
	hr_kernel_watch_tables(kernel);
	sections = hr_prediction_sections(kernel->prediction, &count);
	if (kernel->sections)
		hr_sections_set_changes(kernel->sections, sections, count);
	return NULL;
}

static void warn_of_left_out(struct hr_kernel *kernel, struct hr_change_list *change)
{
	if (!change->predicted.left_out)
		return;
	snprintf(change->warning, sizeof(change->warning),
		 "this kernel would leave %s of the maps of 0x%" PRIx64
		 " empty: tables stand where it makes blocks, and it does not notice",
		 hr_size_text(change->predicted.left_out).text, change->predicted.range.start);
	hr_kernel_warn(kernel, change->warning);
}

static struct hr_error *add(struct hr_kernel *kernel, const struct hr_added *added)
{
	struct hr_predicted predicted = {
		.kind = HR_PREDICTED_ADDED,
		.range = added->range,
		.memmap_on_memory = added->memmap_on_memory,
		.calls = added->calls,
	};
	struct hr_change_list *change;
	struct hr_add how;
	struct hr_error *error = describe_add(kernel, added, &how);

	if (!error)
		error = begin(kernel);
	if (!error)
		error = hr_prediction_add(kernel->prediction, &how, &predicted.left_out);
	if (!error)
		error = hr_kernel_look_anew(kernel);
	if (error)
		return error;
	change = new_change(kernel, &predicted);
	if (!change)
		return hr_error_no_memory();
	change->how = how;
	warn_of_left_out(kernel, change);
	return NULL;
}

struct hr_error *hr_kernel_predict_added(struct hr_kernel *kernel, const struct hr_added *added)
{
	struct hr_error *error = check_blocks(kernel, &added->range);

	if (!error)
		error = check_free(kernel, &added->range);
	return error ? error : add(kernel, added);
}

/* Would the kernel remove @range? Sets *@ret_refused if not. */
static struct hr_error *ask_kernel(struct hr_kernel *kernel, const struct hr_pa_range *range,
				   bool *ret_refused)
{
	_cleanup_(hr_cleanup_answer) struct hr_answer *answer = NULL;
	struct hr_error *error = hr_answer_create(kernel, range, HR_DEPTH_LEAVES, &answer);
	const struct hr_check_result *check;

	if (error)
		return error;
	check = &answer->check;
	if (hr_check_has(check, HR_REASON_NOT_PRESENT))
		return hr_error_new(HR_ERROR_INPUT,
				    "memory at 0x%" PRIx64
				    " cannot be removed: not all of it exists",
				    range->start);
	*ret_refused = hr_check_has(check, HR_REASON_BOOT_MEMORY) ||
		       hr_check_has(check, HR_REASON_NO_HOTREMOVE) ||
		       hr_check_has(check, HR_REASON_UNMOVABLE_PAGES) ||
		       answer->guard.outcome == HR_GUARD_REFUSES;
	if (*ret_refused)
		return NULL;
	if (hr_check_has(check, HR_REASON_UNREADABLE) ||
	    answer->guard.outcome == HR_GUARD_CANNOT_TELL)
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "it is not known what the removal of memory at 0x%" PRIx64
				    " would do: ask for the range itself to see why",
				    range->start);
	return NULL;
}

static void warn_of_refusal(struct hr_kernel *kernel, struct hr_change_list *change)
{
	snprintf(change->warning, sizeof(change->warning),
		 "this kernel would not remove the memory at 0x%" PRIx64 ": it stays",
		 change->predicted.range.start);
	hr_kernel_warn(kernel, change->warning);
}

static uint64_t torn(const struct hr_predicted *predicted, enum hr_map map)
{
	return predicted->torn_below[map] + predicted->torn_above[map];
}

static void warn_of_torn(struct hr_kernel *kernel, struct hr_change_list *change)
{
	const struct hr_predicted *predicted = &change->predicted;

	if (!torn(predicted, HR_MAP_LINEAR) && !torn(predicted, HR_MAP_VMEMMAP))
		return;
	snprintf(change->warning, sizeof(change->warning),
		 "this kernel would take the mapping of its neighbours along with the memory at "
		 "0x%" PRIx64 ": %s of the linear map and %s of the vmemmap",
		 predicted->range.start, hr_size_text(torn(predicted, HR_MAP_LINEAR)).text,
		 hr_size_text(torn(predicted, HR_MAP_VMEMMAP)).text);
	hr_kernel_warn(kernel, change->warning);
}

static struct hr_error *remove_range(struct hr_kernel *kernel, struct hr_predicted *predicted)
{
	struct hr_torn lost[HR_MAP_COUNT] = { { 0, 0 } };
	struct hr_error *error = begin(kernel);

	if (!error)
		error = hr_prediction_remove(kernel->prediction, &predicted->range, lost);
	if (!error)
		error = hr_kernel_look_anew(kernel);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		predicted->torn_below[map] = lost[map].below;
		predicted->torn_above[map] = lost[map].above;
	}
	return error;
}

struct hr_error *hr_kernel_predict_removed(struct hr_kernel *kernel,
					   const struct hr_pa_range *range)
{
	struct hr_predicted predicted = { .kind = HR_PREDICTED_REMOVED, .range = *range };
	struct hr_error *error = check_blocks(kernel, range);
	struct hr_change_list *change;

	if (!error)
		error = ask_kernel(kernel, range, &predicted.refused);
	if (!error && !predicted.refused)
		error = remove_range(kernel, &predicted);
	if (error)
		return error;
	change = new_change(kernel, &predicted);
	if (!change)
		return hr_error_no_memory();
	if (predicted.refused)
		warn_of_refusal(kernel, change);
	else
		warn_of_torn(kernel, change);
	return NULL;
}

struct hr_error *hr_kernel_repeat_changes(const struct hr_kernel *kernel,
					  struct hr_prediction *prediction)
{
	struct hr_error *error = NULL;

	for (const struct hr_change_list *change = kernel->changes; change && !error;
	     change = change->next) {
		const struct hr_predicted *predicted = &change->predicted;
		struct hr_torn lost[HR_MAP_COUNT];
		uint64_t left_out;

		if (predicted->kind == HR_PREDICTED_ADDED)
			error = hr_prediction_add(prediction, &change->how, &left_out);
		else if (predicted->kind == HR_PREDICTED_REMOVED && !predicted->refused)
			error = hr_prediction_remove(prediction, &predicted->range, lost);
	}
	return error;
}
