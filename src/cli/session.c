// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/units.h"
#include "cli/change_list.h"
#include "cli/fields.h"
#include "source/note_search.h"
#include "source/proc_kallsyms.h"
#include "system/device.h"
#include "text/note_lines.h"

static const char warn_cut[] = "the last key of the VMCOREINFO file is not used: its line has no "
			       "end, so its value may be cut";

/* Read the user's file, which replaces the note of the source. */
static struct hr_error *read_vmcoreinfo_file(struct hr_session *session, struct hr_text *ret)
{
	struct hr_error *error = hr_text_read(session->inputs->vmcoreinfo_fd, HR_VMCOREINFO_MAX,
					      &hr_note_lines, ret);
	bool is_cut = false;

	if (error)
		return error;
	session->vmcoreinfo = ret->bytes;
	/* A text beyond the limit is rejected as it is. */
	if (ret->len > HR_VMCOREINFO_MAX)
		return NULL;
	error = hr_note_split(ret, &is_cut);
	session->note_remark = is_cut ? warn_cut : NULL;
	return error;
}

static const char warn_found[] = "the dump has no note of VMCOREINFO: the text in its memory is "
				 "used";
static const char warn_ambiguous[] = "the memory of the dump has different texts that look like "
				     "VMCOREINFO: none is used";

/* Say what is found in @most bytes, if there is more memory. */
static void remark_cut(struct hr_session *session, bool is_found, uint64_t most)
{
	struct hr_size_text size = hr_size_text(most);

	if (is_found)
		snprintf(session->remark, sizeof(session->remark),
			 "the dump has no note of VMCOREINFO: the text in the first %s of its "
			 "memory is used, and the rest was not searched",
			 size.text);
	else
		snprintf(session->remark, sizeof(session->remark),
			 "only the first %s of the dump's memory were searched for VMCOREINFO",
			 size.text);
	session->note_remark = session->remark;
}

/* In whole MiB. */
static uint64_t search_limit(const struct hr_source *source)
{
	if (!source->search_limit || source->search_limit > HR_NOTE_SEARCH_MAX)
		return HR_NOTE_SEARCH_MAX;
	return source->search_limit >> 20 << 20;
}

/* A kernel keeps the text in a page of its memory, even if the dump has no note of it. */
static struct hr_error *search_memory(struct hr_session *session,
				      const struct hr_progress *progress, struct hr_config *config)
{
	uint64_t most = search_limit(session->source);
	struct hr_found_note found;
	struct hr_error *error = hr_note_search(session->source, most, progress, &found);

	if (error)
		return error;
	session->vmcoreinfo = found.text;
	config->vmcoreinfo = found.text;
	config->vmcoreinfo_len = found.len;
	/* It may have been left by another boot. */
	config->vmcoreinfo_of = found.text ? "the VMCOREINFO in memory" : NULL;
	if (found.is_ambiguous)
		session->note_remark = warn_ambiguous;
	else if (found.is_cut)
		remark_cut(session, found.text, most);
	else if (found.text)
		session->note_remark = warn_found;
	return NULL;
}

static struct hr_error *find_note(struct hr_session *session, const struct hr_progress *progress,
				  struct hr_config *config)
{
	const char *given = session->options->vmcoreinfo_path;
	const struct hr_source *source = session->source;

	config->vmcoreinfo_of = given;
	if (given) {
		struct hr_text text = { .bytes = NULL };
		struct hr_error *error = read_vmcoreinfo_file(session, &text);

		config->vmcoreinfo = text.bytes;
		config->vmcoreinfo_len = text.len;
		return error ? hr_error_context(error, "%s", given) : NULL;
	}
	config->vmcoreinfo = source->vmcoreinfo;
	config->vmcoreinfo_len = source->vmcoreinfo_len;
	if (source->snapshot) {
		config->vmcoreinfo_of = source->snapshot->note_of;
		session->note_remark = source->snapshot->remark;
		return NULL;
	}
	if (source->vmcoreinfo || source->kind != HR_SOURCE_VMCORE)
		return NULL;
	return search_memory(session, progress, config);
}

/* The size that the running kernel reports as a hexadecimal number; 0 if it reports none. */
static uint64_t read_memory_block_size(const struct hr_inputs *inputs)
{
	char text[32] = "";

	if (inputs->block_size_fd < 0 ||
	    pread(inputs->block_size_fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	return strtoull(text, NULL, 16);
}

static struct hr_error *find_symbols(void *context, struct hr_symbol *symbols, size_t count)
{
	const struct hr_session *session = context;

	return hr_proc_kallsyms_find(session->inputs->kallsyms_fd, symbols, count);
}

/* Read the whole file, which sysfs returns in pieces; 0 if it is empty or too large. */
static size_t read_btf(void *context, void *buffer, size_t size)
{
	const struct hr_session *session = context;
	int fd = session->inputs->btf_fd;
	size_t len = 0;
	ssize_t done;

	if (fd < 0)
		return 0;
	do {
		done = pread(fd, (char *)buffer + len, size - len, (off_t)len);
		if (done < 0 && errno != EINTR)
			return 0;
		len += done > 0 ? (size_t)done : 0;
	} while (done && len < size);
	return len < size ? len : 0;
}

static enum hr_owner owner(void *context, uint64_t start, uint64_t end)
{
	const struct hr_session *session = context;

	return hr_areas_owner(hr_system_areas(session->system), start, end);
}

static enum hr_tristate block_online(void *context, uint64_t number)
{
	const struct hr_session *session = context;
	struct hr_place place;

	hr_system_place(session->system, number, 0, &place);
	return place.online;
}

/* A snapshot of a running kernel has what that one said. */
static void ask_snapshot(struct hr_session *session, struct hr_config *config)
{
	hr_snapshot_host(session->source->snapshot, &session->host);
	config->host = &session->host;
	config->memory_block_size = session->source->snapshot->memory_block_size;
}

/* /proc and /sys apply to the running kernel, and to a dump for which the user names them. */
static struct hr_error *ask_host(struct hr_session *session, struct hr_config *config)
{
	const struct hr_options *options = session->options;
	bool is_running = hr_options_name_running(options);

	session->system = calloc(1, sizeof(*session->system));
	if (!session->system)
		return hr_error_no_memory();
	if (session->source->snapshot)
		ask_snapshot(session, config);
	if (!hr_options_have_tree(options))
		return NULL;
	session->host = (struct hr_host){
		.context = session,
		.find_symbols = is_running ? find_symbols : NULL,
		.read_btf = is_running ? read_btf : NULL,
		.owner = owner,
		.block_online = block_online,
	};
	config->host = &session->host;
	config->memory_block_size = read_memory_block_size(session->inputs);
	hr_system_begin(hr_options_root(options), &session->inputs->states,
			session->inputs->iomem_fd, session->system);
	return NULL;
}

static struct hr_config config_of(const struct hr_session *session)
{
	const struct hr_options *options = session->options;
	bool asks_plans = options->range_count || options->suggest || options->devices;

	return (struct hr_config){
		.name = hr_input_name(options->paths[0]),
		.memory = &session->memory,
		.ptdump = session->source->ptdump,
		.overrides = options->overrides,
		.tlbi_range = options->tlbi_range,
		.repeat_tlbi = options->repeat_tlbi,
		.teardown = options->teardown,
		.flush = options->flush,
		.guard = options->guard,
		.calls = options->calls,
		.mapping = options->mapping,
		.ignored = options->ignored,
		.maps_only = !asks_plans && !options->blocks && !options->change_count &&
			     !options->diff_path,
		.no_plans = !asks_plans,
		.pages = options->pages,
	};
}

static const char hint_qemu[] = "for a dump by QEMU, start the guest with -device vmcoreinfo and "
				"load its qemu_fw_cfg driver";

static const char warn_redacted[] =
	"this snapshot is redacted: virtual addresses are not those that the kernel had";

static const char warn_no_pages[] =
	"a snapshot has no struct pages, so it is not known what lies in the memory: ask the dump "
	"or the kernel that it was made of";

/* Why something may be missing. */
static struct hr_error *add_hint(const struct hr_session *session, bool has_note,
				 struct hr_error *error)
{
	const char *hint = session->note_remark;
	struct hr_error *whole;

	if (!hint && !has_note && session->source->kind == HR_SOURCE_VMCORE)
		hint = hint_qemu;
	if (!hint || error->is_static)
		return error;
	whole = hr_error_new(error->code, "%s (%s)", error->message, hint);
	hr_error_destroy(error);
	return whole;
}

struct hr_error *hr_session_open(const struct hr_options *options, struct hr_inputs *inputs,
				 const struct hr_observer *observer, struct hr_session *ret)
{
	const struct hr_progress progress = { observer->rearranged, observer->context };
	const struct hr_progress search = { observer->searched, observer->context };
	struct hr_config *config = &ret->config;
	struct hr_error *error;

	*ret = (struct hr_session){ .options = options, .inputs = inputs };
	error = hr_source_open(&inputs->source, &progress, &ret->source);
	/* A compressed file may have turned out to hold a text. */
	if (!error && ret->source->kind != options->kind)
		error = hr_options_check_kind(options, ret->source->kind);
	if (error)
		return error;
	ret->memory = ret->source->memory;
	observer->attach(observer->context, &ret->memory);
	*config = config_of(ret);
	config->progress = observer->progress;
	config->progress_context = observer->context;
	error = find_note(ret, &search, config);
	if (error)
		return error;
	error = ask_host(ret, config);
	if (error)
		return error;
	error = hr_kernel_create(config, &ret->kernel);
	if (error)
		return add_hint(ret, config->vmcoreinfo || config->ptdump,
				hr_fields_error(error, config));
	if (ret->note_remark)
		hr_kernel_warn(ret->kernel, ret->note_remark);
	if (ret->source->snapshot && ret->source->snapshot->is_redacted)
		hr_kernel_warn(ret->kernel, warn_redacted);
	if (ret->source->snapshot && options->pages)
		hr_kernel_warn(ret->kernel, warn_no_pages);
	return hr_changes_apply(ret);
}

void hr_session_close(struct hr_session *session)
{
	hr_kernel_destroy(session->kernel);
	if (session->system)
		hr_system_release(session->system);
	free(session->system);
	hr_source_destroy(session->source);
	free(session->vmcoreinfo);
	*session = (struct hr_session){ .kernel = NULL };
}

void hr_session_place(const struct hr_session *session, uint64_t number, struct hr_place *ret)
{
	const struct hr_snapshot *snapshot = session->source->snapshot;
	uint64_t block_size = hr_kernel_facts(session->kernel)->memory_block_size;

	*ret = HR_PLACE_UNKNOWN;
	if (session->system && session->system->is_there)
		hr_system_place(session->system, number, block_size, ret);
	else if (snapshot)
		hr_snapshot_place(snapshot, number, ret);
}

static bool snapshot_has(const struct hr_session *session,
			 bool (*has)(const struct hr_place *place))
{
	const struct hr_snapshot *snapshot = session->source->snapshot;
	bool found = false;

	for (size_t i = 0; snapshot && !found && i < snapshot->place_count; i++)
		found = has(&snapshot->places[i].place);
	return found;
}

static bool has_node(const struct hr_place *place)
{
	return place->node != HR_NO_NODE;
}

static bool has_device(const struct hr_place *place)
{
	return place->device[0];
}

static struct hr_error *see_device(void *context, const char *name)
{
	(void)name;
	*(bool *)context = true;
	return NULL;
}

bool hr_session_knows_nodes(const struct hr_session *session)
{
	const struct hr_tree_question question = { .file = HR_TREE_NODES };

	if (session->system && session->system->is_there) {
		char text[HR_TREE_TEXT];

		return hr_tree_ask(&session->system->tree, &question, text);
	}
	return snapshot_has(session, has_node);
}

bool hr_session_knows_devices(const struct hr_session *session)
{
	bool found = false;

	if (!session->system || !session->system->is_there)
		return snapshot_has(session, has_device);
	hr_error_destroy(hr_devices_list(&session->system->tree, see_device, &found));
	return found;
}

struct hr_range_limits hr_session_limits(const struct hr_session *session)
{
	const struct hr_facts *facts = hr_kernel_facts(session->kernel);

	return (struct hr_range_limits){
		.page_size = facts->page_size,
		.memory_block_size = facts->memory_block_size,
		.pa_bits = facts->pa_bits,
	};
}
