/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol between the program and a process that runs libkdumpfile: messages of fixed size
 * over pipes, and the content of pages in shared memory. The receiver of a message trusts none of
 * its fields.
 */
#ifndef HR_KDUMP_PROTOCOL_H
#define HR_KDUMP_PROTOCOL_H

#include <stdint.h>

#define HR_KDUMP_MAGIC UINT32_C(0x6b647031)

enum hr_kdump_op {
	HR_KDUMP_OPEN = 1, /* once, first */
	HR_KDUMP_READ = 2,
	HR_KDUMP_OPEN_VIEW = 3, /* instead of OPEN: not the dump, but a view of it */
};

enum hr_kdump_status {
	HR_KDUMP_DONE,
	HR_KDUMP_ABSENT, /* according to the library, the dump does not have it */
	HR_KDUMP_FAILED,
	HR_KDUMP_STATUSES,
};

/*
 * The time limit for an answer, including that for opening a dump and reading a small bitmap. Tests
 * use less.
 */
#ifndef HR_KDUMP_SECONDS
#define HR_KDUMP_SECONDS 300
#endif
/* The time that the process may take to end after the link is closed. Tests use more. */
#ifndef HR_KDUMP_END_MS
#define HR_KDUMP_END_MS 2000
#endif

/* While one slot is being filled, another is being emptied. */
enum {
	HR_KDUMP_SLOTS = 2,
	HR_KDUMP_SLOT_SIZE = 1 << 18,
	HR_KDUMP_SHARED_SIZE = HR_KDUMP_SLOTS * HR_KDUMP_SLOT_SIZE,
	HR_KDUMP_PIECES = 64,
	HR_KDUMP_MESSAGE = 160,
};

struct hr_kdump_request {
	uint32_t magic;
	uint32_t op;
	uint32_t slot;	/* READ: where the pieces go, one after the other */
	uint32_t count; /* READ: number of pieces */
	uint64_t size;	/* OPEN: bytes of a page of the dump; READ: of each piece */
	uint64_t limit; /* OPEN: limit of the process's address space, in bytes */
	uint64_t renew; /* READ: what it has of the view must be read again */
	uint64_t pas[HR_KDUMP_PIECES];
};

struct hr_kdump_reply {
	uint32_t magic;
	uint32_t op; /* copied from the request, as are the next two */
	uint32_t slot;
	uint32_t count;
	uint32_t status;		 /* OPEN: enum hr_kdump_status */
	uint8_t pieces[HR_KDUMP_PIECES]; /* READ: enum hr_kdump_status of each */
	char message[HR_KDUMP_MESSAGE];	 /* from the library, for the first piece that failed */
};

#endif
