/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a snapshot knows of its source besides memory, as the text of its note HOTREMOVE.
 * docs/snapshot.md describes the format.
 */
#ifndef HR_SNAPSHOT_H
#define HR_SNAPSHOT_H

#include <hotremove/hotremove.h>
#include <stdio.h>

#include "source/incomplete.h"
#include "system/place.h"
#include "system/proc_iomem.h"

/* The name and the type of the note. */
#define HR_SNAPSHOT_NOTE "HOTREMOVE"
enum {
	HR_SNAPSHOT_TYPE = 1
};

/* A note beyond these limits is refused. */
enum {
	HR_SNAPSHOT_SYMBOLS = 64,
	HR_SNAPSHOT_LINES = 65536,     /* of one kind that may be repeated */
	HR_SNAPSHOT_VALUE = 512,       /* bytes of a value; twice as many of a BTF */
	HR_SNAPSHOT_REASONS = 1 << 20, /* bytes of all reasons that are written */
};

/* Of a source's room counts as much as 16 MiB, and 64 times the memory in the snapshot. */
#define HR_SNAPSHOT_ROOM_FREE  (UINT64_C(16) << 20)
#define HR_SNAPSHOT_ROOM_TIMES 64

/* The room of a source, like a physical address, has at most this many bits. */
enum {
	HR_SNAPSHOT_ROOM_BITS = 52
};

/* Memory blocks, by their number, that are all online or all offline; @last is inclusive. */
struct hr_block_states {
	uint64_t first, last;
	bool online;
};

/* Memory blocks, by their number, whose places are the same; @last is inclusive. */
struct hr_block_places {
	uint64_t first, last;
	struct hr_place place; /* without the state */
};

/* Why reads fail that begin at a physical address from @first to @last, inclusive. */
struct hr_unread {
	uint64_t first, last;
	char *why; /* $PA stands for the address */
};

struct hr_snapshot {
	char source[64];	    /* kind and format of the source, "kcore elf" */
	uint64_t room;		    /* as the size of a struct hr_memory; not 0 */
	uint64_t memory_block_size; /* bytes; 0: not known from the host */
	/* 0: nothing is known about symbols, otherwise those that were found */
	size_t symbol_count;
	struct {
		char *name;
		uint64_t va;
	} symbols[HR_SNAPSHOT_SYMBOLS];
	unsigned char btf[HR_SECTION_BTF_MAX];
	size_t btf_len;
	char *note_of;	  /* as vmcoreinfo_of of a struct hr_config; NULL: none */
	char *remark;	  /* a warning; NULL: none */
	bool is_redacted; /* its virtual addresses are not those of the kernel */
	bool has_states;
	struct hr_block_states *states; /* ascending */
	size_t state_count, state_room;
	struct hr_block_places *places; /* ascending */
	size_t place_count, place_room;
	struct hr_areas areas;
	struct hr_incomplete incomplete; /* @why is that below, or NULL */
	char *incomplete_why;
	struct hr_unread *unread; /* ascending */
	size_t unread_count, unread_room, unread_bytes;
};

/*
 * Parse the @len bytes at @text, which may be anything. Error HR_ERROR_INPUT says what is wrong
 * with the note, and in which line; HR_ERROR_NO_MEMORY. Release @ret in any case.
 */
struct hr_error *hr_snapshot_parse(const char *text, size_t len, struct hr_snapshot *ret);

/* Write the text of @snapshot, which keeps the limits. Errors of @stream are the caller's. */
void hr_snapshot_print(const struct hr_snapshot *snapshot, FILE *stream);

void hr_snapshot_release(struct hr_snapshot *snapshot);

/*
 * Add the state and the place of a memory block behind the last one, and why a read at @pa, not
 * below the last one, failed. Equal neighbours become one. What is beyond the limits is left out,
 * which makes a state, a place or a reason unknown. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_snapshot_add_state(struct hr_snapshot *snapshot, uint64_t number, bool online);
struct hr_error *hr_snapshot_add_place(struct hr_snapshot *snapshot, uint64_t number,
				       const struct hr_place *place);
struct hr_error *hr_snapshot_add_unread(struct hr_snapshot *snapshot, uint64_t pa, const char *why);

/* What the source's system said about memory block @number. */
void hr_snapshot_place(const struct hr_snapshot *snapshot, uint64_t number, struct hr_place *ret);

/* Let *@ret answer what the host of the source has answered. @snapshot must outlive it. */
void hr_snapshot_host(const struct hr_snapshot *snapshot, struct hr_host *ret);

/*
 * A read at @pa has failed with @error, which is consumed, because the snapshot does not have this
 * memory: return the error that the source had there, if that is known.
 */
struct hr_error *hr_snapshot_explain(const struct hr_snapshot *snapshot, uint64_t pa,
				     struct hr_error *error);

/* Free @snapshot itself, too; NULL is fine. */
void hr_snapshot_destroy(struct hr_snapshot *snapshot);

#endif
