// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_kernel.h"

#include "report/json_writer.h"

/* What is missing of the dump; null if it is whole. */
static void put_incomplete(struct json_object *source, const struct hr_incomplete *incomplete)
{
	struct json_object *object;

	if (!incomplete->is_set) {
		hr_json_put_null(source, "incomplete");
		return;
	}
	object = hr_json_put_new(source, "incomplete");
	if (incomplete->has_bytes && incomplete->bytes)
		hr_json_put_count(object, "bytes", incomplete->bytes);
	else
		hr_json_put_null(object, "bytes");
	hr_json_put_text(object, "why", incomplete->why);
}

void hr_json_put_source(struct json_object *document, const struct hr_session *session)
{
	struct json_object *object = hr_json_put_new(document, "source");

	hr_json_put_text(object, "kind", hr_source_kind_name(session->source->kind));
	hr_json_put_text(object, "path", session->options->paths[0]);
	hr_json_put_text(object, "format", session->source->format);
	put_incomplete(object, &session->source->incomplete);
}

static void put_model(struct json_object *models, const char *key, const char *value,
		      enum hr_model_source from)
{
	struct json_object *object = hr_json_put_new(models, key);

	hr_json_put_text(object, "value", value);
	hr_json_put_text(object, "from", hr_model_source_name(from));
}

static void put_models(struct json_object *object, struct hr_kernel *kernel)
{
	const struct hr_facts *from = hr_kernel_facts(kernel);
	enum hr_model_source mapping_from;
	enum hr_mapping mapping = hr_kernel_mapping(kernel, &mapping_from);
	struct json_object *models = hr_json_put_new(object, "models");

	put_model(models, "teardown", hr_teardown_name(from->teardown), from->teardown_from);
	put_model(models, "flush", hr_flush_name(from->flush), from->flush_from);
	put_model(models, "guard", hr_guard_name(from->guard), from->guard_from);
	put_model(models, "mapping", hr_mapping_name(mapping), mapping_from);
}

static void put_linear_memory(struct json_object *object, const struct hr_kernel *kernel)
{
	struct hr_pa_range mapped;

	if (hr_kernel_linear_memory(kernel, &mapped))
		hr_json_put_extent(hr_json_put_new(object, "linear_map"), mapped.start, mapped.end);
	else
		hr_json_put_null(object, "linear_map");
}

static void put_layout(struct json_object *object, const struct hr_kernel *kernel)
{
	const struct hr_facts *facts = hr_kernel_facts(kernel);

	hr_json_put_text(object, "release", facts->release);
	hr_json_put_count(object, "page_size", facts->page_size);
	hr_json_put_count(object, "va_bits", facts->va_bits);
	hr_json_put_count(object, "va_bits_actual", facts->va_bits_actual);
	hr_json_put_count(object, "levels", facts->levels);
	hr_json_put_bool(object, "lpa2", facts->lpa2);
	hr_json_put_address(object, "page_offset", facts->page_offset);
	hr_json_put_known(object, "phys_offset", facts->has_phys_offset, facts->phys_offset);
	hr_json_put_known(object, "kimage_voffset", facts->has_kimage_voffset,
			  facts->kimage_voffset);
	hr_json_put_known(object, "swapper_pg_dir", facts->has_swapper_pa, facts->swapper_pa);
	put_linear_memory(object, kernel);
	hr_json_put_address(object, "vmemmap_start", facts->vmemmap_start);
	hr_json_put_count(object, "struct_page_size", facts->struct_page_size);
	hr_json_put_count(object, "section_size", facts->section_size);
	hr_json_put_count(object, "memory_block_size", facts->memory_block_size);
}

void hr_json_put_kernel(struct json_object *document, const struct hr_session *session)
{
	const struct hr_options *options = session->options;
	const struct hr_facts *facts = hr_kernel_facts(session->kernel);
	struct json_object *object = hr_json_put_new(document, "kernel"), *features;

	put_layout(object, session->kernel);
	features = hr_json_put_new(object, "features");
	hr_json_put_tristate(features, "tlbi_range", facts->tlbi_range);
	hr_json_put_tristate(features, "repeat_tlbi", facts->repeat_tlbi);
	hr_json_put_tristate(features, "bbml2_noabort", hr_kernel_bbml2_noabort(session->kernel));
	put_models(object, session->kernel);
	hr_json_put(object, "overrides",
		    hr_json_new_strings((const char *const *)options->echoes, options->echo_count));
}
