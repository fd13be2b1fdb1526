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
#define ROW(magic, what)                                                                           \
	{                                                                                          \
		(magic), sizeof(magic) - 1, (what)                                                 \
	}
	/* VMware's .vmss and .vmsn: five magic numbers, little-endian. */
	ROW("\xd0\xbe\xd0\xbe", VMWARE),
	ROW("\xd1\xba\xd1\xba", VMWARE),
	ROW("\xd2\xba\xd2\xba", VMWARE),
	ROW("\xd2\xbe\xd2\xbe", VMWARE),
	ROW("\xd3\xbe\xd3\xbe", VMWARE),
	ROW("QEVM",
	    "a migration stream of QEMU, which is not read: load it into QEMU (-incoming), and "
	    "use dump-guest-memory"),
	ROW("LibvirtQemudSave", VIRSH),
	ROW("LibvirtQemudPart", VIRSH),
	ROW("QFI\xfb",
	    "a qcow2 disk image, which is not read: use dump-guest-memory while the guest runs"),
	ROW("MDMP", "a minidump of Windows, which is not read: only Linux kernels are"),
	ROW("PAGEDUMP", "a crash dump of Windows, which is not read: only Linux kernels are"),
	ROW("PAGEDU64", "a crash dump of Windows, which is not read: only Linux kernels are"),
	ROW("\xed\x23\x8f\x61\x73\x01\x19\xa8", LKCD),
	ROW("\xa8\x19\x01\x73\x61\x8f\x23\xed", LKCD),
	ROW("AVML",
	    "an AVML file of a version that is not known: convert it to LiME with AVML itself"),
	ROW("DISKDUMP", "a diskdump, which is not read: arm64 kernels never had diskdump"),
	ROW("\xed\xeb\x0f\xf0", XEN),
	ROW("\xf0\x0f\xeb\xed", XEN),
	ROW("\x04\x22\x4d\x18", "compressed with lz4: unpack it first (lz4 -d)"),
	ROW("\x89LZO", "compressed with lzop: unpack it first (lzop -d)"),
	ROW("LRZI", "compressed with lrzip: unpack it first (lrzip -d)"),
	ROW("\x1f\x9d", "compressed with compress: unpack it first (uncompress)"),
	ROW("PK\x03\x04", "a zip archive: unpack it first (unzip)"),
	ROW("7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first (7z x)"),
#undef ROW
};

const char *hr_other_format(const void *head, size_t len)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_begins_with(head, len, rows[i].magic, rows[i].len))
			return rows[i].what;
	return NULL;
}
