// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "run/redacted.h"
#include "run/round.h"
#include "source/snapshot_file.h"

/* How often a running kernel is read again because it has changed. */
enum {
	TRIES = 5
};

#define ROOM_MAX (UINT64_C(1) << HR_SNAPSHOT_ROOM_BITS)

/*
 * A snapshot in the making. What a kernel object reads in order to answer anything is recorded. The
 * object is made like those that will be made of the snapshot.
 */
struct saving {
	const struct hr_session *session;
	const struct hr_asked_list *asked; /* ranges to keep answers for; NULL: for all memory */
	struct hr_snapshot facts;
	struct hr_record record;
	char *note; /* VMCOREINFO without what leads to kallsyms, whose names are not kept */
	size_t note_len;
	struct hr_redaction *redaction; /* NULL: addresses are not shifted */
	uint64_t va_offset;		/* of the linear map: VA minus PA */
	uint64_t size;			/* bytes that were written */
};

static void release(struct saving *saving)
{
	hr_snapshot_release(&saving->facts);
	hr_record_release(&saving->record);
	hr_redaction_destroy(saving->redaction);
	free(saving->note);
}

static struct hr_error *copy_text(const char *text, char **ret)
{
	*ret = text ? strdup(text) : NULL;
	return text && !*ret ? hr_error_no_memory() : NULL;
}

static struct hr_error *copy_symbols(const struct hr_kernel *kernel, struct hr_snapshot *facts)
{
	size_t count;
	const struct hr_symbol *symbols = hr_kernel_symbols(kernel, &count);
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < count && facts->symbol_count < HR_SNAPSHOT_SYMBOLS; i++) {
		if (!symbols[i].found)
			continue;
		error = copy_text(symbols[i].name, &facts->symbols[facts->symbol_count].name);
		facts->symbols[facts->symbol_count].va = symbols[i].va;
		facts->symbol_count += !error;
	}
	facts->btf_len = hr_kernel_section_btf(kernel, facts->btf, sizeof(facts->btf));
	return error;
}

static struct hr_error *copy_areas(const struct hr_areas *areas, struct hr_areas *ret)
{
	if (!areas->count)
		return NULL;
	ret->list = calloc(areas->count, sizeof(*ret->list));
	if (!ret->list)
		return hr_error_no_memory();
	memcpy(ret->list, areas->list, areas->count * sizeof(*ret->list));
	ret->count = ret->capacity = areas->count;
	return NULL;
}

static void name_source(const struct hr_source *source, struct hr_snapshot *facts)
{
	if (source->snapshot)
		memcpy(facts->source, source->snapshot->source, sizeof(facts->source));
	else
		snprintf(facts->source, sizeof(facts->source), "%s %s",
			 hr_source_kind_name(source->kind), source->format);
}

/* Everything that is known about the kernel besides its memory, and not yet about its blocks. */
static struct hr_error *gather(const struct hr_session *session, struct hr_snapshot *facts)
{
	const struct hr_source *source = session->source;
	const struct hr_config *config = &session->config;
	struct hr_error *error;

	name_source(source, facts);
	facts->room = source->memory.size < ROOM_MAX ? source->memory.size : ROOM_MAX;
	facts->memory_block_size = config->memory_block_size;
	facts->incomplete = source->incomplete;
	facts->is_redacted = source->snapshot && source->snapshot->is_redacted;
	facts->has_states = config->host && config->host->block_online;
	error = copy_symbols(session->kernel, facts);
	if (!error)
		error = copy_text(config->vmcoreinfo_of, &facts->note_of);
	if (!error)
		error = copy_text(session->note_remark, &facts->remark);
	if (!error)
		error = copy_areas(source->snapshot ? &source->snapshot->areas
						    : hr_system_areas(session->system),
				   &facts->areas);
	return error;
}

/* The note leads to kallsyms, which a kernel object would then read. */
static struct hr_error *strip_note(struct saving *saving)
{
	static const char key[] = "SYMBOL(kallsyms_";
	const struct hr_config *config = &saving->session->config;
	const char *at = config->vmcoreinfo, *end;

	if (!at)
		return NULL;
	end = at + config->vmcoreinfo_len;
	saving->note = malloc(config->vmcoreinfo_len + 1);
	if (!saving->note)
		return hr_error_no_memory();
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = newline ? (size_t)(newline - at) + 1 : (size_t)(end - at);

		if (len < sizeof(key) || memcmp(at, key, sizeof(key) - 1) != 0) {
			memcpy(saving->note + saving->note_len, at, len);
			saving->note_len += len;
		}
		at += len;
	}
	return NULL;
}

static struct hr_error *ignore_run(void *context, const struct hr_run *run)
{
	(void)context;
	(void)run;
	return NULL;
}

/* What is known about a memory block besides its memory. */
static struct hr_error *add_place(const struct hr_session *session, uint64_t number,
				  struct hr_snapshot *facts)
{
	const struct hr_host *host = session->config.host;
	enum hr_tristate online =
		facts->has_states ? host->block_online(host->context, number) : HR_UNKNOWN;
	struct hr_error *error = NULL;
	struct hr_place place;

	hr_session_place(session, number, &place);
	if (online != HR_UNKNOWN)
		error = hr_snapshot_add_state(facts, number, online);
	if (!error && hr_place_is_known(&place))
		error = hr_snapshot_add_place(facts, number, &place);
	return error;
}

/* Visit every memory block, which reads all sections, and ask the system about it. */
static struct hr_error *visit_blocks(const struct hr_kernel *kernel,
				     const struct hr_session *session, struct hr_snapshot *facts)
{
	uint64_t size = hr_kernel_facts(kernel)->memory_block_size;
	struct hr_error *error = NULL;
	bool unread = false;

	for (uint64_t start = hr_kernel_next_block(kernel, 0, &unread);
	     !error && start != HR_NO_BLOCK;
	     start = hr_kernel_next_block(kernel, start + size, &unread))
		error = add_place(session, start / size, facts);
	return error;
}

/* Read both maps and all sections. */
static struct hr_error *read_memory(struct saving *saving, struct hr_kernel *kernel)
{
	struct hr_map_walk walk = { .run = ignore_run };
	struct hr_error *error = NULL;

	for (enum hr_map map = 0; !error && map < HR_MAP_COUNT; map++)
		error = hr_kernel_walk_map(kernel, map, &walk);
	return error ? error : visit_blocks(kernel, saving->session, &saving->facts);
}

/* Read what the answers about the ranges need. */
static struct hr_error *read_ranges(struct saving *saving, struct hr_kernel *kernel)
{
	struct hr_error *error = NULL;

	for (size_t i = 0; !error && i < saving->asked->count; i++) {
		struct hr_answer *answer = NULL;

		error = hr_kernel_ask(kernel, &saving->asked->list[i].range, HR_DEPTH_PLAN,
				      &answer);
		hr_answer_destroy(answer);
	}
	saving->facts.has_states = false;
	hr_incomplete_add(&saving->facts.incomplete, UINT64_MAX,
			  "it has only what answers about some ranges of memory need");
	return error;
}

/* Read what a question may need: memory, and the evidence about the kernel. */
static struct hr_error *read_all(struct saving *saving, struct hr_kernel *kernel)
{
	struct hr_error *error =
		saving->asked ? read_ranges(saving, kernel) : read_memory(saving, kernel);
	enum hr_model_source from;
	struct hr_pa_range mapped;

	hr_kernel_mapping(kernel, &from);
	(void)hr_kernel_linear_memory(kernel, &mapped);
	return error;
}

/* Are the models and features the same that the source shows? */
static bool is_same(const struct hr_kernel *one, const struct hr_kernel *other)
{
	const struct hr_facts *a = hr_kernel_facts(one), *b = hr_kernel_facts(other);

	return a->tlbi_range == b->tlbi_range && a->repeat_tlbi == b->repeat_tlbi &&
	       a->teardown == b->teardown && a->flush == b->flush && a->guard == b->guard &&
	       a->no_hotremove == b->no_hotremove && a->has_sections == b->has_sections &&
	       a->vmemmap_start == b->vmemmap_start && a->swapper_pa == b->swapper_pa &&
	       a->phys_offset == b->phys_offset && a->section_size == b->section_size;
}

static void cleanup_kernel(struct hr_kernel **kernel)
{
	hr_kernel_destroy(*kernel);
}

/* The configuration of a kernel as one is made of the snapshot. */
static struct hr_config config_of(const struct saving *saving, const struct hr_host *host)
{
	struct hr_config config = saving->session->config;

	config.memory = &saving->session->memory;
	config.host = host;
	config.vmcoreinfo = saving->note;
	config.vmcoreinfo_len = saving->note_len;
	config.maps_only = config.no_plans = config.pages = false;
	return config;
}

/* Let the reads that follow find memory, note and symbols with shifted addresses. */
static struct hr_error *redact(struct saving *saving, const struct hr_host *host)
{
	const struct hr_config config = config_of(saving, host);
	struct hr_error *error =
		hr_redaction_create(&config, saving->session->inputs->seed, &saving->redaction);

	if (error)
		return error;
	hr_redacted_symbols(saving->redaction, &saving->facts);
	saving->facts.is_redacted = true;
	return NULL;
}

/* All of it is compared, also what is not kept: by a kernel whose reads are not recorded. */
static struct hr_error *check_redaction(struct saving *saving, bool *ret_same)
{
	_cleanup_(cleanup_kernel) struct hr_kernel *kernel = NULL;
	struct hr_error *error = hr_kernel_create(hr_redaction_config(saving->redaction), &kernel);

	return error ? error : hr_redaction_check(saving->redaction, kernel, ret_same);
}

static struct hr_error *compare(struct saving *saving, const struct hr_kernel *kernel,
				bool *ret_same)
{
	const struct hr_facts *facts = hr_kernel_facts(kernel);

	saving->va_offset = facts->page_offset - facts->phys_offset;
	if (saving->redaction)
		return check_redaction(saving, ret_same);
	*ret_same = is_same(kernel, saving->session->kernel);
	return NULL;
}

/* Make a kernel as one is made of the snapshot, and let it read. */
static struct hr_error *record_reads(struct saving *saving, bool *ret_same)
{
	_cleanup_(cleanup_kernel) struct hr_kernel *kernel = NULL;
	struct hr_error *error = NULL;
	struct hr_config config;
	struct hr_memory memory;
	struct hr_host host;

	hr_snapshot_host(&saving->facts, &host);
	config = config_of(saving, &host);
	if (saving->session->options->redact)
		error = redact(saving, &host);
	if (saving->redaction)
		config = *hr_redaction_config(saving->redaction);
	if (error)
		return error;
	hr_record_begin(config.memory, &saving->record, &memory);
	config.memory = &memory;
	error = hr_kernel_create(&config, &kernel);
	if (!error)
		error = read_all(saving, kernel);
	return error ? error : compare(saving, kernel, ret_same);
}

static struct hr_snapshot_content content_of(const struct saving *saving)
{
	const struct hr_config *config = saving->redaction ? hr_redaction_config(saving->redaction)
							   : &saving->session->config;

	return (struct hr_snapshot_content){
		.snapshot = &saving->facts,
		.vmcoreinfo = config->vmcoreinfo,
		.vmcoreinfo_len = config->vmcoreinfo_len,
		.ranges = saving->record.ranges,
		.count = saving->record.count,
		.memory = config->memory,
		.va_offset = saving->va_offset,
	};
}

/* Write what was read. *@ret_same is false if a running kernel has other memory now. */
static struct hr_error *write_reads(struct saving *saving, bool *ret_same)
{
	_cleanup_(hr_cleanup_packer) struct hr_packer *packer = NULL;
	const struct hr_session *session = saving->session;
	const struct hr_snapshot_content content = content_of(saving);
	uint64_t sum, again;
	struct hr_error *error = hr_packer_create(
		session->inputs->saved.fd, hr_packer_is_for(session->options->save_path), &packer);

	if (!error)
		error = hr_snapshot_write(&content, packer, &sum);
	if (!error)
		error = hr_packer_end(packer, &saving->size);
	if (error || !session->memory.live)
		return error;
	error = hr_snapshot_sum(&content, &again);
	*ret_same = !error && sum == again;
	return error;
}

static struct hr_error *try_once(struct saving *saving, bool *ret_same)
{
	struct hr_error *error = gather(saving->session, &saving->facts);

	if (!error)
		error = strip_note(saving);
	if (!error)
		error = record_reads(saving, ret_same);
	if (!error)
		error = hr_record_settle(&saving->record);
	if (!error)
		error = hr_record_tell_failed(&saving->record, &saving->facts);
	if (!error && saving->redaction)
		error = hr_redacted_texts(saving->redaction, &saving->facts);
	if (!error && *ret_same)
		error = write_reads(saving, ret_same);
	return error;
}

/* Why there is no snapshot with the same answers. */
static const char *why_not(const struct hr_session *session)
{
	if (session->memory.live)
		return "the kernel's tables changed each time that they were read";
	if (session->options->redact)
		return "with shifted addresses, what was read for it does not have the answers of "
		       "the source: save it without --redact";
	return "what was read for it does not have the answers of the source";
}

static struct hr_error *save(const struct hr_session *session, const struct hr_asked_list *asked)
{
	bool live = session->memory.live, same = false;

	for (unsigned int i = 0; i < (live ? TRIES : 1); i++) {
		_cleanup_(release) struct saving saving = { .session = session, .asked = asked };
		struct hr_error *error = try_once(&saving, &same);

		if (!error && same)
			return hr_saved_file_commit(&session->inputs->saved, saving.size);
		/* Memory of a running kernel may go away. */
		if (error && (!live || error->code != HR_ERROR_UNREADABLE))
			return error;
		hr_error_destroy(error);
	}
	return hr_error_new(HR_ERROR_INPUT, "%s", why_not(session));
}

/* Ranges alone ask for what these need; any other question is about all memory. */
static bool is_for_ranges(const struct hr_options *options)
{
	return options->range_count && !options->blocks && !options->map && !options->suggest &&
	       !options->diff_path && !options->verify_path && !options->devices;
}

struct hr_error *hr_round_save(struct hr_round *round)
{
	const struct hr_session *session = round->session;
	struct hr_error *error;

	hr_work_next(&round->work, NULL);
	error = save(session, is_for_ranges(session->options) ? round->asked : NULL);
	return error ? hr_error_context(error, "%s", round->session->options->save_path) : NULL;
}
