// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/source.h"

#include <stdlib.h>

#include "base/error.h"

const char *hr_source_kind_name(enum hr_source_kind kind)
{
	static const char *const names[] = {
		[HR_SOURCE_KCORE] = "kcore",
		[HR_SOURCE_VMCORE] = "vmcore",
		[HR_SOURCE_PTDUMP] = "ptdump",
	};

	return names[kind];
}

void hr_source_attach(struct hr_source *source, const struct hr_source_ops *ops, void *context,
		      uint64_t size, bool live)
{
	source->ops = ops;
	source->context = context;
	source->memory = (struct hr_memory){
		.read = ops->read,
		.begin = ops->begin,
		.finish = ops->finish,
		.context = context,
		.size = size,
		.live = live,
	};
}

struct hr_error *hr_source_refuse_parts(size_t count, const char *what)
{
	if (count == 1)
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "%s is a single file; only kdump-compressed dumps can be split", what);
}

struct hr_error *hr_source_refuse_gaps(const struct hr_source *source, uint64_t file_size)
{
	if (hr_stretches_have(&source->stored[0], 0, file_size))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT, "it is incomplete: copy it again");
}

void hr_source_destroy(struct hr_source *source)
{
	if (!source)
		return;
	if (source->ops)
		source->ops->destroy(source->context);
	hr_ptdump_destroy(source->ptdump);
	for (size_t i = 0; i < HR_SPLIT_MAX; i++)
		hr_stretches_release(&source->stored[i]);
	free(source->vmcoreinfo);
	hr_snapshot_destroy(source->snapshot);
	free(source);
}
