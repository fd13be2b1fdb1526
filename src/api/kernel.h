/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of a kernel: everything that questions about it need, in one place. */
#ifndef HR_KERNEL_H
#define HR_KERNEL_H

#include <hotremove/hotremove.h>

#include "kernel/by_pages.h"
#include "kernel/evidence.h"
#include "kernel/kernel_btf.h"
#include "kernel/layout.h"
#include "kernel/models.h"
#include "kernel/page_form.h"
#include "kernel/section.h"
#include "kernel/tlbi.h"
#include "predict/prediction.h"
#include "walk/walker.h"

enum {
	HR_WARNINGS_MAX = 64, /* twice as many as there are distinct ones; the header has it */
	HR_SENTENCE_SIZE = 320
};

/* How the kernel in memory maps what it adds. */
struct hr_mapping_evidence {
	bool has_looked;
	enum hr_by_pages rule;	/* of this kernel */
	bool differs;		/* pages are seen, and the settings say blocks */
	enum hr_mapping seen;	/* in the tables */
	enum hr_mapping found;	/* there, or by the settings */
	enum hr_tristate bbml2; /* as the kernel says itself */
	struct hr_page_settings settings;
};

/* How the kernel writes struct pages, and how many more of them may be read. */
struct hr_page_knowledge {
	bool has_looked;
	struct hr_page_form form;
	char why[HR_MESSAGE_SIZE]; /* why the form is not known, as a clause; empty: it is */
	bool in_pass;
	uint64_t left; /* bytes */
};

struct hr_kernel {
	struct hr_config config;
	struct hr_memory memory;	   /* config.memory, or the memory of @tables */
	struct hr_memory predicted_tables; /* what the walker reads, if something is predicted */
	struct hr_prediction *prediction;  /* NULL: nothing is predicted */
	struct hr_change_list *changes;	   /* what is predicted, in order */
	struct hr_ptdump_tables *tables;   /* NULL: the memory is real */
	struct hr_vmcoreinfo *note;
	struct hr_layout layout;
	struct hr_walker *walker;
	struct hr_vmemmap_index *vmemmap_index;
	struct hr_sections *sections; /* NULL if mem_section is of no use */
	struct hr_error *no_sections; /* why not, as a clause; NULL: its address is unknown */
	/* The release whose behaviour is meant: the kernel's own, unless another one is. */
	struct hr_release version;
	char release[HR_RELEASE_SIZE];
	bool is_other;
	struct hr_models models;
	struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS];
	struct hr_btf_flags btf;
	struct hr_page_knowledge pages;
	struct hr_mapping_evidence mapping_evidence; /* hr_kernel_mapping() finds it */
	struct hr_tlbi_config tlbi;
	struct hr_features features;
	uint64_t memory_block_size; /* bytes */
	bool has_phys_offset;	    /* false: a text, and the user gave no PHYS_OFFSET */
	const char *no_hotremove;   /* as in struct hr_check */
	const char *guard_unproven;
	char newer_warning[HR_SENTENCE_SIZE], newer_reason[HR_MESSAGE_SIZE];
	char offset_warning[HR_SENTENCE_SIZE], vmemmap_warning[HR_SENTENCE_SIZE];
	const char *warnings[HR_WARNINGS_MAX];
	size_t warning_count;
	size_t model_warnings, model_warning_count; /* where those about models are */
	struct hr_facts facts;
};

static inline void hr_cleanup_kernel(struct hr_kernel **kernel)
{
	hr_kernel_destroy(*kernel);
}

/* HR_ERROR_USAGE if the configuration says that only maps are asked for. */
struct hr_error *hr_kernel_check_purpose(const struct hr_kernel *kernel);

/* HR_ERROR_USAGE if @map is not one of the two. */
struct hr_error *hr_kernel_check_map(enum hr_map map);

/* Tell the caller that a question has reached the physical address @pa. */
static inline void hr_kernel_progress(const struct hr_kernel *kernel, uint64_t pa)
{
	if (kernel->config.progress)
		kernel->config.progress(kernel->config.progress_context, pa);
}

#endif
