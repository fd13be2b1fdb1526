// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/other_formats.h"

#include "fake.h"

#include <string.h>

static void files_are_named_with_what_to_do(void **state)
{
	static const struct {
		const char *head;
		size_t len;
		const char *part;
	} rows[] = {
		{ "\xd2\xbe\xd2\xbe\x08\0\0\0", 8, "VMware" },
		{ "\xd1\xba\xd1\xba", 4, "vmss2core" },
		{ "QEVM\0\0\0\3", 8, "QEMU" },
		{ "LibvirtQemudSave", 16, "virsh dump --memory-only" },
		{ "LibvirtQemudPart", 16, "virsh dump --memory-only" },
		{ "QFI\xfb\0\0\0\3", 8, "qcow2" },
		{ "MDMP\x93\xa7", 6, "Windows" },
		{ "PAGEDU64", 8, "Windows" },
		{ "\xed\x23\x8f\x61\x73\x01\x19\xa8", 8, "LKCD" },
		{ "AVML\3\0\0\0", 8, "AVML itself" },
		{ "DISKDUMP", 8, "diskdump" },
		{ "\xed\xeb\x0f\xf0", 4, "Xen" },
		{ "\x04\x22\x4d\x18", 4, "lz4 -d" },
		{ "PK\3\4", 4, "unzip" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *what = hr_other_format(rows[i].head, rows[i].len);

		assert_non_null(what);
		assert_non_null(strstr(what, rows[i].part));
	}
}

static void other_files_are_not_named(void **state)
{
	static const char *const heads[] = { "", "QEV", "LibvirtQemud", "DISKDUM", "\177ELF" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(heads); i++)
		assert_null(hr_other_format(heads[i], strlen(heads[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_named_with_what_to_do),
		cmocka_unit_test(other_files_are_not_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
