// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/other_formats.h"

#include <string.h>

#include "source/format.h"

#define VMWARE                                                                                     \
	"a state file of VMware, which is not read: convert it and its memory with VMware's "      \
	"vmss2core"
#define VIRSH                                                                                      \
	"a guest saved by virsh, which is not read: restore it, and use virsh dump --memory-only"
#define LKCD "an LKCD dump, which is not read: arm64 kernels never had LKCD"
#define XEN  "a core of a Xen domain, which is not read: use kdump inside of the domain"

/* The first bytes of a file. */
static const struct {
	const char *magic;
	size_t len;
	const char *what;
} rows[] = {
#define MAGIC(text) (text), sizeof(text) - 1
	/* VMware's .vmss and .vmsn: five magic numbers, little-endian. */
	{ MAGIC("\xd0\xbe\xd0\xbe"), VMWARE },
	{ MAGIC("\xd1\xba\xd1\xba"), VMWARE },
	{ MAGIC("\xd2\xba\xd2\xba"), VMWARE },
	{ MAGIC("\xd2\xbe\xd2\xbe"), VMWARE },
	{ MAGIC("\xd3\xbe\xd3\xbe"), VMWARE },
	{ MAGIC("QEVM"),
	  "a migration stream of QEMU, which is not read: load it into QEMU (-incoming), and "
	  "use dump-guest-memory" },
	{ MAGIC("LibvirtQemudSave"), VIRSH },
	{ MAGIC("LibvirtQemudPart"), VIRSH },
	{ MAGIC("QFI\xfb"),
	  "a qcow2 disk image, which is not read: use dump-guest-memory while the guest runs" },
	{ MAGIC("MDMP"), "a minidump of Windows, which is not read: only Linux kernels are" },
	{ MAGIC("PAGEDUMP"), "a crash dump of Windows, which is not read: only Linux kernels are" },
	{ MAGIC("PAGEDU64"), "a crash dump of Windows, which is not read: only Linux kernels are" },
	{ MAGIC("\xed\x23\x8f\x61\x73\x01\x19\xa8"), LKCD },
	{ MAGIC("\xa8\x19\x01\x73\x61\x8f\x23\xed"), LKCD },
	{ MAGIC("AVML"),
	  "an AVML file of a version that is not known: convert it to LiME with AVML itself" },
	{ MAGIC("DISKDUMP"), "a diskdump, which is not read: arm64 kernels never had diskdump" },
	{ MAGIC("\xed\xeb\x0f\xf0"), XEN },
	{ MAGIC("\xf0\x0f\xeb\xed"), XEN },
	{ MAGIC("\x04\x22\x4d\x18"), "compressed with lz4: unpack it first (lz4 -d)" },
	{ MAGIC("\x89LZO"), "compressed with lzop: unpack it first (lzop -d)" },
	{ MAGIC("LRZI"), "compressed with lrzip: unpack it first (lrzip -d)" },
	{ MAGIC("\x1f\x9d"), "compressed with compress: unpack it first (uncompress)" },
	{ MAGIC("PK\x03\x04"), "a zip archive: unpack it first (unzip)" },
	{ MAGIC("7z\xbc\xaf\x27\x1c"), "a 7z archive: unpack it first (7z x)" },
#undef MAGIC
};

const char *hr_other_format(const void *head, size_t len)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_begins_with(head, len, rows[i].magic, rows[i].len))
			return rows[i].what;
	return NULL;
}
