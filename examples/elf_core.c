// SPDX-License-Identifier: GPL-2.0-or-later
/* elf_core FILE START LAST: exit with 0 if that physical range of an ELF core is removable. */
#include <ctype.h>
#include <errno.h>
#include <gelf.h>
#include <hotremove/hotremove.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Elf *core; /* the file, which is open as standard input */

static struct hr_error *read_memory(void *context, uint64_t pa, void *buffer, size_t len)
{
	GElf_Phdr ph;

	(void)context;
	for (int i = 0; gelf_getphdr(core, i, &ph); i++) {
		uint64_t at = pa - ph.p_paddr;

		if (ph.p_type == PT_LOAD && at < ph.p_filesz && len <= ph.p_filesz - at &&
		    pread(STDIN_FILENO, buffer, len, (off_t)(ph.p_offset + at)) == (ssize_t)len)
			return NULL;
	}
	return hr_error_new(HR_ERROR_UNREADABLE, "no PA 0x%" PRIx64, pa);
}

/* Put the VMCOREINFO in the notes @data into @config. */
static void take_note(Elf_Data *data, struct hr_config *config)
{
	size_t at = 0, name, text;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name, &text)))
		if (note.n_namesz == sizeof("VMCOREINFO") &&
		    !memcmp((char *)data->d_buf + name, "VMCOREINFO", sizeof("VMCOREINFO"))) {
			config->vmcoreinfo = (char *)data->d_buf + text;
			config->vmcoreinfo_len = note.n_descsz;
		}
}

static struct hr_error *ask(uint64_t start, uint64_t last, enum hr_verdict *ret)
{
	const struct hr_pa_range range = { start, last + 1 };
	struct hr_memory memory = { .read = read_memory, .size = UINT64_C(1) << 40 };
	struct hr_config config = { .memory = &memory, .no_plans = true };
	struct hr_kernel *kernel = NULL;
	struct hr_answer *answer = NULL;
	struct hr_error *error;
	GElf_Phdr ph;

	for (int i = 0; gelf_getphdr(core, i, &ph); i++)
		if (ph.p_type == PT_NOTE)
			take_note(elf_getdata_rawchunk(core, (int64_t)ph.p_offset, ph.p_filesz,
						       ELF_T_NHDR),
				  &config);
	error = hr_kernel_create(&config, &kernel);
	if (!error)
		error = hr_kernel_ask(kernel, &range, HR_DEPTH_VERDICT, &answer);
	*ret = error ? HR_VERDICT_UNKNOWN : answer->verdict;
	hr_answer_destroy(answer);
	hr_kernel_destroy(kernel);
	return error;
}

/* Read all of @text as a number. */
static bool read_number(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 0);
	return isxdigit((unsigned char)*text) && !*end && !errno;
}

int main(int argc, char **argv)
{
	struct hr_error *error = NULL;
	enum hr_verdict verdict = HR_VERDICT_UNKNOWN;
	uint64_t start, last;

	if (argc != 4 || !read_number(argv[2], &start) || !read_number(argv[3], &last)) {
		fprintf(stderr, "usage: %s FILE START LAST\n", argv[0]);
		return 64;
	}
	elf_version(EV_CURRENT);
	if (freopen(argv[1], "r", stdin))
		core = elf_begin(STDIN_FILENO, ELF_C_READ, NULL);
	if (core)
		error = ask(start, last, &verdict);
	puts(error ? error->message : hr_verdict_name(verdict));
	hr_error_destroy(error);
	elf_end(core);
	return verdict != HR_VERDICT_REMOVABLE;
}
