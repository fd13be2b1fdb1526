// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_steps.h"

#include "kernel/btf.h"
#include "kernel/kernel_btf.h"
#include "kernel/root_table.h"

/*
 * Use the kernel's own tables, or what the running kernel reports; without either there is no
 * evidence.
 */
static struct hr_error *find_symbols(const struct hr_kernel *kernel,
				     struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS])
{
	const struct hr_host *host = kernel->config.host;
	struct hr_error *error;

	hr_evidence_symbols(symbols);
	error = hr_kallsyms_find(&kernel->layout, kernel->note, &kernel->memory, symbols,
				 HR_EVIDENCE_SYMBOLS);
	if (!error || !host || !host->find_symbols)
		return error;
	hr_error_destroy(error);
	hr_evidence_symbols(symbols);
	error = host->find_symbols(host->context, symbols, HR_EVIDENCE_SYMBOLS);
	return error ? error : hr_kallsyms_self_test(kernel->note, symbols, HR_EVIDENCE_SYMBOLS);
}

/* Sections whose flags are unknown are of no use. */
static struct hr_error *find_section_flags(struct hr_kernel *kernel,
					   const struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS])
{
	const struct hr_host *host = kernel->config.host;
	const struct hr_section_question question = {
		.layout = &kernel->layout,
		/* A release that the user calls equivalent proves nothing about flags. */
		.release = kernel->config.overrides.release
				   ? hr_vmcoreinfo_get(kernel->note, "OSRELEASE")
				   : kernel->layout.release,
		.memory = &kernel->memory,
		.sections = kernel->sections,
		.btf_start = &symbols[HR_SYMBOL_BTF_START],
		.btf_stop = &symbols[HR_SYMBOL_BTF_STOP],
		.read_btf = host ? host->read_btf : NULL,
		.context = host ? host->context : NULL,
		.btf = &kernel->btf,
	};
	struct hr_error *error;

	if (!kernel->sections)
		return NULL;
	error = hr_section_flags_find(&question);
	if (!error || error->code != HR_ERROR_UNREADABLE)
		return error;
	hr_kernel_drop_sections(kernel, error);
	return NULL;
}

struct hr_error *hr_kernel_find_evidence(struct hr_kernel *kernel)
{
	struct hr_symbol *symbols = kernel->symbols;
	struct hr_error *error = find_symbols(kernel, symbols);

	kernel->features =
		(struct hr_features){ HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN };
	if (error)
		hr_evidence_symbols(symbols);
	else
		kernel->features = hr_features_read(&kernel->layout, &kernel->memory, symbols);
	hr_error_destroy(error);
	kernel->features.root_writable = hr_root_table_is_writable(&kernel->layout, kernel->walker);
	return find_section_flags(kernel, symbols);
}

/* What was looked up in vain is known, too. */
const struct hr_symbol *hr_kernel_symbols(const struct hr_kernel *kernel, size_t *ret_count)
{
	bool known = false;

	for (size_t i = 0; i < HR_EVIDENCE_SYMBOLS; i++)
		known |= kernel->symbols[i].found;
	*ret_count = known ? HR_EVIDENCE_SYMBOLS : 0;
	return kernel->symbols;
}

size_t hr_kernel_section_btf(const struct hr_kernel *kernel, void *buffer, size_t size)
{
	return kernel->btf.found ? hr_btf_of_flags(&kernel->btf.flags, buffer, size) : 0;
}
