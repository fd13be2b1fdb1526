/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a system says about its memory in sysfs, below a root directory. The process that may still
 * open files answers fixed questions, with bytes that it does not parse; the process that parses
 * them cannot open files.
 */
#ifndef HR_TREE_H
#define HR_TREE_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/link.h"

/* What can be asked; the number or the name in the question says of what. */
enum hr_tree_file {
	HR_TREE_BLOCK,	       /* a memory block, by number: a struct hr_block_text */
	HR_TREE_DIMMS,	       /* the slots for DIMMs (ACPI): a list of names */
	HR_TREE_DIMM_STATUS,   /* of a slot, by name */
	HR_TREE_VIRTIO_MEMS,   /* virtio-mem devices: a list of names */
	HR_TREE_DAXES,	       /* DAX devices: a list of names */
	HR_TREE_DAX_DRIVER,    /* the name of the driver of a DAX device, by name */
	HR_TREE_DAX_ON_MEMORY, /* its memmap_on_memory */
	HR_TREE_DAX_STATE,     /* its state (7.3 on) */
	HR_TREE_NODES,	       /* NUMA nodes: a list of names, "node0" */
	HR_TREE_NODE_MEMINFO,  /* the meminfo of a node, by name */
	HR_TREE_FILES,
};

enum {
	HR_TREE_NAME = 48, /* bytes of a name with its end; longer ones do not count */
	HR_TREE_TEXT = HR_LINK_MESSAGE - 4 /* bytes of the longest answer */
};

struct hr_tree_question {
	uint32_t file;	/* enum hr_tree_file */
	uint32_t first; /* of a list: leave out so many names */
	uint64_t number;
	char name[HR_TREE_NAME];
};

/* What the files of a memory block say, and the names of what it links to; empty: not there. */
struct hr_block_text {
	char state[16];
	char zones[64];
	char node[16];	 /* "node1" */
	char device[48]; /* its slot for DIMMs, "PNP0C80:01" */
};

/* Where answers come from. */
struct hr_tree {
	const char *root;	    /* the directory that has sys; "": that of this system */
	const struct hr_link *link; /* to the process that answers; NULL or closed: this one does */
};

/*
 * Put the answer to @question into the HR_TREE_TEXT bytes at @answer. Returns its length, 0 if
 * there is none. Each name of a list ends in a newline; only as many are returned as fit.
 */
size_t hr_tree_ask(const struct hr_tree *tree, const struct hr_tree_question *question,
		   void *answer);

/* Ask about memory block @number. What is too long, or not there, is empty. */
void hr_tree_ask_block(const struct hr_tree *tree, uint64_t number, struct hr_block_text *ret);

/*
 * Answer one question from @link, about the system with the directory @root. Returns false if there
 * are no more, or if it was malformed.
 */
bool hr_tree_serve(const char *root, const struct hr_link *link);

/* Does @name consist of characters that a part of a path may have, and is it short enough? */
bool hr_tree_is_name(const char *name);

#endif
