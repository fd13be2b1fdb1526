/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libhotremove: can a range of physical memory be hot-removed from an arm64 Linux kernel without
 * splitting a leaf of its page tables, and what will this kernel do?
 *
 * The library walks the page tables of one kernel. It reads the memory of that kernel through a
 * callback, so it works on a running kernel, on a dump in any format, and inside other tools. It
 * does no I/O, prints nothing, never ends the process, and has no global state.
 *
 *	struct hr_memory memory = { .read = my_read, .size = bytes_of_memory };
 *	struct hr_config config = { .memory = &memory, .vmcoreinfo = text, .vmcoreinfo_len = len };
 *	struct hr_pa_range range = { 0x88000000, 0x90000000 };
 *	struct hr_kernel *kernel = NULL;
 *	struct hr_answer *answer = NULL;
 *	struct hr_error *error = hr_kernel_create(&config, &kernel);
 *
 *	if (!error)
 *		error = hr_kernel_ask(kernel, &range, HR_DEPTH_VERDICT, &answer);
 *	if (!error && answer->verdict == HR_VERDICT_REMOVABLE)
 *		...
 *
 * Conventions
 *
 * Units: pa is a physical address, va a virtual one, both in bytes. Sizes are in bytes. The end of
 * a range is exclusive, and the last of a range is inclusive; their names say so.
 *
 * Errors: a function that can fail returns a struct hr_error, which is NULL on success. Outputs
 * come last, and are not set on failure unless a function says so.
 *
 * Words in braces: an error of hr_kernel_create(), a warning, the message of a reason, and the
 * rule behind a reason name what the caller could set as {va_bits} or {calls=block}. The word is a
 * member of struct hr_config or of its struct hr_overrides, or an enum hr_override_key in lower
 * case and without its prefix: {va_bits} is HR_OVERRIDE_VA_BITS. A value is a number or a name;
 * for a yes or no it is 1 or 0. A program can replace the words by what its users know, such as
 * options. It should replace only words that it knows, since text from the source may have braces
 * too.
 *
 * Lifetime: an object that a function returns, or stores in its last parameter, belongs to the
 * caller, who passes it to the _destroy() function of its type. That accepts NULL. Text that a
 * function returns belongs to the object that was asked for it, or is constant. What a
 * configuration points to must outlive the kernel that is created from it.
 *
 * Threads: two threads may not use the same kernel, or what belongs to it, at the same time. The
 * same goes for a parser, a comparison and an error. They may use different kernels, if the
 * callbacks allow that, and share what only configurations point to. Callbacks are called in the
 * thread that called the library, before it returns.
 *
 * Callbacks: one may call what needs no kernel and, with the kernel that called it, functions that
 * read no memory: hr_kernel_facts(), hr_kernel_has_pa(), hr_kernel_linear_pa(),
 * hr_kernel_map_extent(), hr_kernel_check_range(), hr_kernel_warnings() and hr_kernel_warn(). It
 * must return: no exception and no longjmp() may leave it.
 *
 * Versions: within a SONAME, a struct that the library allocates may grow at its end, so do not
 * copy it. One that the caller fills in keeps its size, but a reserved member may get a meaning, so
 * let everything be zero that is not set. Enums may get new values. A configuration with a value
 * that this version does not know is HR_ERROR_USAGE.
 *
 * Unknown: if the source has too little information, or this library does not know the kernel, an
 * answer is HR_VERDICT_UNKNOWN, with the reason. A caller that is about to unplug memory must treat
 * it as no.
 */
#ifndef HOTREMOVE_H
#define HOTREMOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* The version of this header. */
#define HR_VERSION_MAJOR 0
#define HR_VERSION_MINOR 1
#define HR_VERSION_PATCH 0

/* The version of the library that the program runs with: "0.1.0". */
const char *hr_version(void);

/*
 * Errors
 */

enum hr_error_code {
	HR_ERROR_USAGE,	     /* the request makes no sense */
	HR_ERROR_INPUT,	     /* a file or a kernel is not what it should be */
	HR_ERROR_UNREADABLE, /* the source does not have this memory, or it cannot be trusted */
	HR_ERROR_OS,	     /* the operating system refused; from callbacks only */
	HR_ERROR_OUTPUT,     /* output was not delivered; from callbacks only */
	HR_ERROR_NO_MEMORY,
};

struct hr_error {
	enum hr_error_code code;
	bool is_static; /* never freed: used if there is no memory for an error */
	/*
	 * One sentence without a full stop: what, where, what to do. A word in braces names the
	 * field of the configuration that would help; see above. The message may contain text from
	 * the source, such as a release. Do not print that to a terminal unfiltered.
	 */
	char *message;
};

/*
 * Create an error from a printf() format, in a callback. Never returns NULL: without memory it
 * returns the static error.
 */
struct hr_error *hr_error_new(enum hr_error_code code, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));

/* Put "context: " before the message of @error. Consumes @error; the code stays the same. */
struct hr_error *hr_error_context(struct hr_error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));

/* The error for a failed allocation. It is static and may be destroyed any number of times. */
struct hr_error *hr_error_no_memory(void) __attribute__((returns_nonnull));

/* Free @error; NULL is fine. */
void hr_error_destroy(struct hr_error *error);

/*
 * Values
 */

/* A yes or no that may be unknown. */
enum hr_tristate {
	HR_UNKNOWN = -1,
	HR_NO = 0,
	HR_YES = 1,
};

/* A physical range in bytes; @end is exclusive. */
struct hr_pa_range {
	uint64_t start;
	uint64_t end;
};

/* The two maps that go with memory: the linear map, and the vmemmap with its struct pages. */
enum hr_map {
	HR_MAP_LINEAR,
	HR_MAP_VMEMMAP,
	HR_MAP_COUNT,
};

/* The name of @map: "linear", "vmemmap". NULL if there is no such map. */
const char *hr_map_name(enum hr_map map);

/*
 * Memory
 */

/* Pieces of memory of the same length that are read together. */
struct hr_batch {
	const uint64_t *pas;
	size_t count;
	size_t len;   /* bytes of each piece */
	void *buffer; /* destination, one piece after the other */
	bool *ok;     /* which pieces were read: false until @finish says so */
	void *job;    /* private to the source */
};

/* The one thing that the library needs from a source: the bytes at a physical address. */
struct hr_memory {
	/*
	 * Read all @len bytes at the physical address @pa into @buffer. A short read is an error.
	 * Memory that the source leaves out (excluded, truncated, a hole) is HR_ERROR_UNREADABLE,
	 * never zeros. An error of any code makes the memory unreadable for the question; its
	 * message may become part of a reason. Physical addresses come from tables and may be
	 * anything: @pa + @len may wrap.
	 */
	struct hr_error *(*read)(void *context, uint64_t pa, void *buffer, size_t len);
	/*
	 * NULL if the source is no faster in batches. Read the pieces of @batch, and report which
	 * of them were read, by the same rules as @read. Neighbours may be read together, and on
	 * more than one CPU.
	 */
	void (*finish)(void *context, struct hr_batch *batch);
	/*
	 * May be NULL, and is NULL without @finish. Begin to read @batch while the caller does
	 * something else. Until @finish, what @batch points to belongs to the source. Each batch
	 * that was begun is finished, in any order: the last ones by a later question, or by
	 * hr_kernel_destroy().
	 */
	void (*begin)(void *context, struct hr_batch *batch);
	void *context;
	/*
	 * Most bytes that the source holds, not 0, which bounds the number of tables. With too few,
	 * answers are unknown; with too many, damaged tables cost more time.
	 */
	uint64_t size;
	bool live; /* the memory may change between two reads */
	void *reserved[4];
};

/*
 * Text of page tables
 */

/* What /sys/kernel/debug/kernel_page_tables says, as a kernel of 5.10 to 7.3 prints it. */
struct hr_ptdump;
struct hr_ptdump_parser;

/*
 * Create an empty parser, for one text. Once a function below has returned an error, or the text
 * has ended, it can only be destroyed. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_ptdump_parser_create(struct hr_ptdump_parser **ret);
void hr_ptdump_parser_destroy(struct hr_ptdump_parser *parser);

/*
 * Take the next @len bytes of the text, which may be split anywhere. Lines that do not begin with
 * 0x are ignored, unless they are a marker or the rest of a wrapped line. Error HR_ERROR_INPUT
 * names the line: malformed, inconsistent in itself or with the lines before it, truncated, or
 * beyond a limit (256 MiB of text, 1,048,576 lines with addresses). Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_ptdump_parser_feed(struct hr_ptdump_parser *parser, const char *data,
				       size_t len);

/*
 * End the text. Errors: as above; HR_ERROR_INPUT also if no line of the text has addresses, or if
 * it ends inside a line that describes a hole: what shows that it is mapped may have been cut.
 */
struct hr_error *hr_ptdump_parser_finish(struct hr_ptdump_parser *parser, struct hr_ptdump **ret);

/* Parse the @len bytes at @text, which are not needed afterwards. Errors: as above. */
struct hr_error *hr_ptdump_parse(const char *text, size_t len, struct hr_ptdump **ret);

/* Free @ptdump, after the kernels and comparisons that are made of it. Several may share it. */
void hr_ptdump_destroy(struct hr_ptdump *ptdump);

/*
 * What a kernel does when it removes memory
 */

/* How the teardown invalidates the TLB. */
enum hr_teardown {
	HR_TEARDOWN_UNKNOWN,
	/* One page flush after every leaf entry, CONT members one by one. */
	HR_TEARDOWN_PER_LEAF,
	/* One flush of the whole linear range; in the vmemmap one flush over each leaf's size. */
	HR_TEARDOWN_BATCHED_WIDE,
	/* One flush of the whole linear range; in the vmemmap one page flush per leaf. */
	HR_TEARDOWN_BATCHED,
};

/* How flush_tlb_kernel_range() flushes a range. */
enum hr_flush {
	HR_FLUSH_UNKNOWN,
	HR_FLUSH_PAGE_LOOP, /* page by page, the whole TLB beyond MAX_DVM_OPS pages */
	HR_FLUSH_RANGE_OPS, /* range operations if the CPU has them; from 6.13 on */
};

/* Which range the leaf check at memory offlining checks. */
enum hr_guard {
	HR_GUARD_UNKNOWN,
	HR_GUARD_NONE,	     /* there is no check; boot memory is still refused */
	HR_GUARD_NEXT_RANGE, /* the range after the block, a bug in 7.1 */
	HR_GUARD_REQUESTED,  /* the block */
};

/* What one call of arch_remove_memory() covers. */
enum hr_calls {
	HR_CALLS_UNKNOWN,
	HR_CALLS_RANGE, /* the whole range */
	HR_CALLS_BLOCK, /* a memory block */
};

/* How memory that is added is mapped in the linear map. */
enum hr_mapping {
	HR_MAPPING_UNKNOWN,
	HR_MAPPING_PAGES,
	HR_MAPPING_BLOCKS, /* by leaves as large as they can be, and CONT groups */
};

/* How a behaviour is known. */
enum hr_model_source {
	HR_MODEL_FROM_UNKNOWN,
	HR_MODEL_FROM_RELEASE,
	HR_MODEL_FROM_SYMBOLS,
	HR_MODEL_FROM_OPTION,
	HR_MODEL_FROM_TABLES, /* the memory that is there shows it */
};

/*
 * The name of a value, such as "batched-wide". NULL for unknown, for which only the last function
 * has a name.
 */
const char *hr_teardown_name(enum hr_teardown teardown);
const char *hr_flush_name(enum hr_flush flush);
const char *hr_guard_name(enum hr_guard guard);
const char *hr_calls_name(enum hr_calls calls);
const char *hr_mapping_name(enum hr_mapping mapping);
const char *hr_model_source_name(enum hr_model_source source);

/* The value of a name. Returns false if there is no such name. */
bool hr_teardown_parse(const char *word, enum hr_teardown *ret);
bool hr_flush_parse(const char *word, enum hr_flush *ret);
bool hr_guard_parse(const char *word, enum hr_guard *ret);
bool hr_calls_parse(const char *word, enum hr_calls *ret);
bool hr_mapping_parse(const char *word, enum hr_mapping *ret);

/*
 * Configuration of a kernel
 */

/* The constants of a kernel that a caller can set, if the VMCOREINFO lacks them. */
enum hr_override_key {
	HR_OVERRIDE_PAGE_SIZE,	    /* bytes */
	HR_OVERRIDE_VA_BITS,	    /* as configured (CONFIG_ARM64_VA_BITS) */
	HR_OVERRIDE_VA_BITS_ACTUAL, /* in use: 64 - TCR_EL1.T1SZ */
	HR_OVERRIDE_PHYS_OFFSET,    /* memstart_addr, which is not where memory begins */
	HR_OVERRIDE_KIMAGE_VOFFSET, /* VA minus PA of the kernel's image */
	HR_OVERRIDE_SWAPPER_PA,	    /* PA of swapper_pg_dir */
	HR_OVERRIDE_VMEMMAP_START,  /* VA */
	HR_OVERRIDE_STRUCT_PAGE_SIZE,
	HR_OVERRIDE_SECTION_SIZE_BITS, /* log2 of bytes */
	HR_OVERRIDE_LPA2,	       /* 0 or 1 */
	HR_OVERRIDE_MEM_SECTION,       /* VA of the array of section roots */
	HR_OVERRIDE_COUNT,
};

enum {
	HR_OVERRIDES_ROOM = 32 /* for constants of later versions */
};

/* Constants by their key; a value that is not set is not used. */
struct hr_overrides {
	bool set[HR_OVERRIDES_ROOM];
	uint64_t value[HR_OVERRIDES_ROOM];
	const char *release; /* "7.3.0"; NULL: the kernel's own */
};

/*
 * Can any arm64 kernel have @value for the constant @key, whatever its other constants are? If not,
 * hr_kernel_create() may refuse it.
 */
bool hr_override_is_possible(enum hr_override_key key, uint64_t value);

/* A yes or no that the caller may state, or leave to the library to find out. */
enum hr_given {
	HR_NOT_GIVEN,
	HR_GIVEN_NO,
	HR_GIVEN_YES,
};

/* A kernel symbol that is wanted. */
struct hr_symbol {
	const char *name;
	bool found;
	uint64_t va;
};

/* Who added memory to a kernel. This determines in how many calls it is removed. */
enum hr_owner {
	HR_OWNER_UNKNOWN, /* boot memory or a DIMM, which look alike */
	HR_OWNER_KMEM,	  /* dax/kmem: removes a whole range in one call */
	/*
	 * Removes memory block by memory block in its sub-block mode, otherwise in its own blocks
	 * of one or more memory blocks. The kernel does not say which.
	 */
	HR_OWNER_VIRTIO_MEM,
};

/* What a running kernel reveals besides its memory. Each function may be NULL. */
struct hr_host {
	void *context;
	/*
	 * Set @found and @va of those of the @count @symbols that /proc/kallsyms has. Called only
	 * if memory does not lead to them. After an error no symbol is known.
	 */
	struct hr_error *(*find_symbols)(void *context, struct hr_symbol *symbols, size_t count);
	/*
	 * Read the kernel's BTF into @size bytes at @buffer. Returns its length, 0 if there is
	 * none.
	 */
	size_t (*read_btf)(void *context, void *buffer, size_t size);
	/* Who added the physical memory [@start, @end)? */
	enum hr_owner (*owner)(void *context, uint64_t start, uint64_t end);
	/* Is memory block @number online? */
	enum hr_tristate (*block_online)(void *context, uint64_t number);
	void *reserved[4];
};

/* Larger VMCOREINFO texts, in bytes, are refused: the kernel's note is at most one page. */
enum {
	HR_VMCOREINFO_MAX = 1 << 20
};

/* Where a kernel's memory is, and what the caller knows about it. Unused fields are zero. */
struct hr_config {
	const char *name; /* the source that errors name; NULL: they name none */
	/* The memory. Not used, and may be NULL, with the text of its page tables, @ptdump. */
	const struct hr_memory *memory;
	const struct hr_ptdump *ptdump;
	const struct hr_host *host; /* NULL: the kernel is not running */

	/*
	 * The VMCOREINFO text; NULL if there is none, which is fine with @ptdump, or if @overrides
	 * have what is needed.
	 */
	const char *vmcoreinfo;
	size_t vmcoreinfo_len; /* bytes */
	/*
	 * The file that errors about the text name, if it does not come with the memory. It may
	 * then be of another boot, so what it says is checked. NULL: it comes with the memory.
	 */
	const char *vmcoreinfo_of;

	struct hr_overrides overrides;
	enum hr_given tlbi_range;  /* all CPUs have TLB range operations */
	enum hr_given repeat_tlbi; /* ARM64_WORKAROUND_REPEAT_TLBI is active */
	enum hr_teardown teardown; /* unknown: derived from the kernel, like the next three */
	enum hr_flush flush;
	enum hr_guard guard;
	enum hr_calls calls;
	/* bit (1 << enum hr_reason_code): reasons left out of verdicts */
	uint32_t ignored;
	/* bytes, a power of two of at least a section; otherwise, as for 0, that of a section */
	uint64_t memory_block_size;

	/*
	 * The caller asks only for maps and comparisons. For a text of page tables, PHYS_OFFSET is
	 * then not needed. Questions about ranges or memory blocks are HR_ERROR_USAGE.
	 */
	bool maps_only;
	bool no_plans; /* the caller has no use for TLBI counts, nor for warnings about them */
	/*
	 * Called now and then with the physical address that a question has reached. A question
	 * also looks at memory elsewhere, where struct pages lie. May be NULL.
	 */
	void (*progress)(void *context, uint64_t pa);
	void *progress_context;
	enum hr_mapping mapping; /* unknown: derived from the kernel */
	/*
	 * Answers also depend on what lies in the memory, and say it: hr_kernel_count_pages(). This
	 * reads all struct pages of the memory that is asked about, 16 MiB for each GiB with pages
	 * of 4K. Suggestions are checked by it, but not searched for.
	 */
	bool pages;
	uint64_t reserved[7];
};

/*
 * A kernel
 */

struct hr_kernel;

/*
 * Set up the kernel that @config describes; @config itself is not needed afterwards. Reads some of
 * its memory: tables, sections, symbols. Errors: HR_ERROR_USAGE if there is neither memory nor a
 * text, or a value that this version does not know; HR_ERROR_INPUT if something that must be known
 * is missing, or if the inputs contradict each other; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_create(const struct hr_config *config, struct hr_kernel **ret);

/* Free @kernel, after its comparisons. Answers, blocks and suggestions may outlive it. */
void hr_kernel_destroy(struct hr_kernel *kernel);

struct hr_facts {
	const char *release; /* NULL: unknown */
	uint64_t page_size;
	unsigned int va_bits;	     /* as configured */
	unsigned int va_bits_actual; /* in use */
	unsigned int levels;	     /* of translation, 2 to 5 */
	unsigned int pa_bits;	     /* physical addresses are below 1 << pa_bits */
	bool lpa2;		     /* 52-bit descriptors with pages of 4K or 16K */
	bool has_phys_offset;	     /* false: the source is a text, and it was not given */
	bool has_kimage_voffset;
	bool has_swapper_pa;  /* false: the source is a text */
	bool has_sections;    /* mem_section tells which memory blocks exist */
	uint64_t page_offset; /* VA: start of the linear map */
	uint64_t phys_offset; /* memstart_addr as unsigned; may be "negative" */
	uint64_t kimage_voffset;
	uint64_t swapper_pa;
	uint64_t vmemmap_start; /* VA */
	uint64_t struct_page_size;
	uint64_t section_size;
	uint64_t memory_block_size;
	/* The kernel cannot remove memory, as before 5.7 or without CONFIG_MEMORY_HOTREMOVE. */
	bool no_hotremove;
	enum hr_tristate tlbi_range;  /* all CPUs have TLB range operations */
	enum hr_tristate repeat_tlbi; /* the erratum of repeated TLBIs is worked around */
	enum hr_teardown teardown;
	enum hr_flush flush;
	enum hr_guard guard;
	enum hr_model_source teardown_from, flush_from, guard_from;
	bool root_flush; /* clearing an entry of the root table takes a flush of its own */
};

/* What is known about @kernel. Valid as long as the kernel; changes with a predicted release. */
const struct hr_facts *hr_kernel_facts(const struct hr_kernel *kernel);

/*
 * What was assumed so far, and what is missing from answers: *@ret_count sentences, each once. More
 * may come with each question, at the end, and a predicted release takes some away. The array and
 * the sentences are valid as long as @kernel. A word in braces names the field of the configuration
 * that replaces an assumption.
 */
const char *const *hr_kernel_warnings(const struct hr_kernel *kernel, size_t *ret_count);

/* Add @text, which must outlive @kernel, to its warnings, of which there are at most 64. */
void hr_kernel_warn(struct hr_kernel *kernel, const char *text);

/*
 * The physical memory from the first leaf of the linear map to its last, including holes. Returns
 * false if it is not known: nothing is mapped, a table could not be read, or the leaves are not
 * where PHYS_OFFSET puts them.
 */
bool hr_kernel_linear_memory(const struct hr_kernel *kernel, struct hr_pa_range *ret);

/*
 * Can @range be asked about? Errors: HR_ERROR_USAGE if it is empty, goes beyond 1 << pa_bits, or if
 * the configuration says that only maps are asked for; HR_ERROR_INPUT if the source is a text and
 * the range lies outside of its linear map.
 */
struct hr_error *hr_kernel_check_range(const struct hr_kernel *kernel,
				       const struct hr_pa_range *range);

/*
 * Predictions
 *
 * A kernel can be told of memory that is to be added or removed. From then on, all answers are for
 * the kernel as it would be after that, starting from its tables as they were when it was told
 * first. Changes follow each other. A running kernel that changes the same tables meanwhile makes
 * answers unknown.
 */

/* Memory to be added: whole memory blocks, of which none exists. */
struct hr_added {
	struct hr_pa_range range;
	bool memmap_on_memory; /* each block holds its own struct pages */
	/* What one arch_add_memory() call adds; unknown: the range, or a block if it holds its own
	 * struct pages. */
	enum hr_calls calls;
};

enum hr_predicted_kind {
	HR_PREDICTED_ADDED,
	HR_PREDICTED_REMOVED,
	HR_PREDICTED_RELEASE, /* another kernel: only @release is set */
};

/* What became of a change. */
struct hr_predicted {
	enum hr_predicted_kind kind;
	struct hr_pa_range range;
	bool memmap_on_memory; /* as it was asked for, like @calls */
	enum hr_calls calls;
	/* Removed: the kernel would not take the memory offline, so nothing changes. */
	bool refused;
	/* Added: bytes of VA in both maps that the kernel, by a fault of its own, does not map. */
	uint64_t left_out;
	/* Removed: bytes of VA that neighbours below and above the range lose in each map. */
	uint64_t torn_below[HR_MAP_COUNT], torn_above[HR_MAP_COUNT];
	const char *release; /* as it was asked for */
};

/*
 * Answer as if the kernel had added @added and brought it online, or removed @range in one call.
 * Errors: HR_ERROR_USAGE: not whole memory blocks, or those of hr_kernel_check_range();
 * HR_ERROR_INPUT: such memory exists, or does not exist, or it is not known how this kernel maps
 * memory ({mapping} sets it) or whether it would remove it; HR_ERROR_UNREADABLE: what the change
 * starts from cannot be read; HR_ERROR_NO_MEMORY. After an error the kernel can only be destroyed.
 */
struct hr_error *hr_kernel_predict_added(struct hr_kernel *kernel, const struct hr_added *added);
struct hr_error *hr_kernel_predict_removed(struct hr_kernel *kernel,
					   const struct hr_pa_range *range);

/*
 * Answer as if a kernel of @release ran on the same CPUs, with the same memory and settings: how it
 * checks, removes, and adds. @release is what such a kernel says of itself, as "7.2.12". The
 * configuration still takes precedence. The memory that the kernel has, and what was predicted
 * before, stays as it is. Replaces what hr_kernel_facts() says about models, and the warnings about
 * them. Errors: HR_ERROR_USAGE if that is not a release; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_predict_release(struct hr_kernel *kernel, const char *release);

/*
 * How @kernel maps memory that it adds, and how that is known. The first call looks at memory that
 * was added, or else at boot memory, and at the variables that decide: rodata_full, KFENCE,
 * debug_pagealloc, the realm, and BBML2. If there are pages where these say blocks, it is not
 * known. Without any of them it is what the release does by default, if that does not depend on the
 * CPUs.
 */
enum hr_mapping hr_kernel_mapping(struct hr_kernel *kernel, enum hr_model_source *ret_from);

/*
 * Can @kernel split a leaf that is in use? All CPUs have BBM level 2 without TLB conflict aborts,
 * and it has enabled this capability (6.17 to 7.2; from 7.3 on, BBML3). Older kernels do not know
 * it: HR_UNKNOWN.
 */
enum hr_tristate hr_kernel_bbml2_noabort(struct hr_kernel *kernel);

/*
 * The symbols that were looked up for @kernel, found or not: *@ret_count of them, 0 if nothing is
 * known about symbols. With these, find_symbols() of a struct hr_host can answer for a copy of the
 * kernel's memory that lacks kallsyms. Valid as long as @kernel.
 */
const struct hr_symbol *hr_kernel_symbols(const struct hr_kernel *kernel, size_t *ret_count);

enum {
	HR_SECTION_BTF_MAX = 512
};

/*
 * If the kernel's types (BTF) had to say which flags its sections have: write a BTF that says only
 * that into @size bytes at @buffer, for read_btf() of a struct hr_host. HR_SECTION_BTF_MAX bytes
 * are enough. Returns its length; 0 if the types were not needed or do not say it, or without
 * memory.
 */
size_t hr_kernel_section_btf(const struct hr_kernel *kernel, void *buffer, size_t size);

/* The changes that @kernel was told of, in order; NULL after the last. Valid as long as @kernel. */
const struct hr_predicted *hr_kernel_predicted(const struct hr_kernel *kernel, size_t index);

/*
 * Leaves
 */

/* The architecture's levels of translation. */
enum {
	HR_LEVEL_PGD = -1,
	HR_LEVEL_P4D = 0,
	HR_LEVEL_PUD = 1,
	HR_LEVEL_PMD = 2,
	HR_LEVEL_PTE = 3,
	HR_LEVELS_MAX = 5,
};

/*
 * A physical address with this bit is not known: a kernel that adds memory takes whatever is free
 * for its struct pages. Real addresses are below 1 << 52.
 */
#define HR_PA_PREDICTED (UINT64_C(1) << 62)

/* One leaf, or a whole CONT group: what the hardware may hold as one TLB entry. */
struct hr_leaf {
	int level;
	bool cont;     /* a complete CONT group */
	bool valid;    /* every entry has its valid bit */
	bool expected; /* Linux creates such leaves, and a CONT group is contiguous */
	uint64_t va;   /* first byte */
	uint64_t pa;   /* first byte; meaningless unless hr_kernel_has_pa() */
	uint64_t size; /* bytes */
};

/* "PUD", "CONT_PMD" and so on, for a leaf of @level, HR_LEVEL_PGD to HR_LEVEL_PTE. */
const char *hr_level_name(int level, bool cont);

/* The kinds of leaves that are counted, largest first. */
enum hr_leaf_kind {
	HR_LEAF_PUD,
	HR_LEAF_CONT_PMD,
	HR_LEAF_PMD,
	HR_LEAF_CONT_PTE,
	HR_LEAF_PTE,
	HR_LEAF_KINDS,
};

/* The kind that @leaf counts as. Returns false for levels at which Linux creates no leaves. */
bool hr_leaf_kind_of(const struct hr_leaf *leaf, enum hr_leaf_kind *ret);

/* "PUD", "CONT_PMD" and so on. */
const char *hr_leaf_kind_name(enum hr_leaf_kind kind);

enum hr_map_state {
	HR_MAP_UNMAPPED,
	HR_MAP_MAPPED,
	HR_MAP_UNREADABLE,
};

/* Neighbours of one kind, contiguous in VA and, if mapped, in PA. */
struct hr_run {
	enum hr_map_state state;
	/*
	 * Mapped: the whole first leaf, even if it begins before the walked range. Otherwise: va
	 * and size are the bytes without a mapping, within the range.
	 */
	struct hr_leaf leaf;
	uint64_t count;	 /* leaves; a CONT group counts as one */
	const char *why; /* unreadable: the reason; valid during the call */
};

/*
 * Reasons and verdicts
 */

enum hr_reason_code {
	HR_REASON_SPLITS_LEAF,
	HR_REASON_GUARD_VETO,
	HR_REASON_BOOT_MEMORY,
	HR_REASON_MISALIGNED,
	HR_REASON_NOT_PRESENT,
	HR_REASON_MALFORMED_CONT,
	HR_REASON_NO_HOTREMOVE,
	HR_REASON_UNREADABLE,
	HR_REASON_UNMOVABLE_PAGES, /* only if the configuration asks for pages */
	HR_REASON_COUNT,
};

enum hr_edge {
	HR_EDGE_NONE,
	HR_EDGE_START,
	HR_EDGE_END,
};

/* A verdict that nobody has set is unknown. */
enum hr_verdict {
	HR_VERDICT_UNKNOWN, /* treat it as not removable */
	HR_VERDICT_REMOVABLE,
	HR_VERDICT_NOT_REMOVABLE,
};

enum {
	HR_REASONS_MAX = 40,
	HR_MESSAGE_SIZE = 384
};

struct hr_reason {
	enum hr_reason_code code;
	bool has_leaf; /* splits-leaf and malformed-cont: map, edge, va and leaf are set */
	enum hr_map map;
	enum hr_edge edge;   /* HR_EDGE_NONE: inside the range */
	uint64_t va;	     /* of the edge, or of the group */
	struct hr_leaf leaf; /* the leaf in the way */
	/* As that of an error. */
	char message[HR_MESSAGE_SIZE];
};

struct hr_check_result {
	struct hr_reason reasons[HR_REASONS_MAX];
	size_t count;
};

/* Does @result have a reason of @code? */
bool hr_check_has(const struct hr_check_result *result, enum hr_reason_code code);

/* The name of a value: "splits-leaf", "not-removable", "start". */
const char *hr_reason_name(enum hr_reason_code code);
const char *hr_verdict_name(enum hr_verdict verdict);
const char *hr_edge_name(enum hr_edge edge);

/* The code of a name ("splits-leaf"). Returns false if there is none. */
bool hr_reason_parse(const char *word, enum hr_reason_code *ret);

/*
 * Two or three sentences: why @code prevents removal, and since which kernel. They may have words
 * in braces.
 */
const char *hr_explain_reason(enum hr_reason_code code);

/*
 * The kernel's own check
 */

enum hr_guard_outcome {
	HR_GUARD_ACCEPTS,
	HR_GUARD_REFUSES,
	HR_GUARD_ACCEPTS_UNSAFELY, /* lets a split happen */
	HR_GUARD_NO_CHECK,	   /* this kernel has no check */
	HR_GUARD_CANNOT_TELL,	   /* or not asked: the verdict did not need it */
};

enum hr_guard_rule {
	HR_RULE_NONE,
	HR_RULE_SPLITS_LINEAR,
	HR_RULE_SPLITS_VMEMMAP,
	HR_RULE_BOOT_MEMORY,
};

struct hr_guard_block {
	uint64_t start; /* PA of the memory block */
	uint64_t end;	/* exclusive */
	enum hr_guard_outcome outcome;
	enum hr_guard_rule rule; /* why the block is refused */
	/*
	 * A verdict needs the outcome, but it is not known: something could not be read, or the
	 * check is unknown and one of the possible checks refuses.
	 */
	bool undecided;
	/*
	 * The physical range in the kernel's message, end exclusive; 0 to 0 if there is no message.
	 */
	uint64_t message_start, message_end;
};

/* Blocks beyond this number are checked, but not listed. */
enum {
	HR_GUARD_BLOCKS_MAX = 65536
};

struct hr_guard_result {
	enum hr_guard_outcome outcome; /* the worst of all blocks */
	bool undecided;		       /* true if any block is undecided */
	struct hr_guard_block *blocks; /* the existing ones, ascending */
	size_t count;
	bool cut;	       /* there were more than HR_GUARD_BLOCKS_MAX */
	uint64_t vetoed;       /* blocks refused for a split, listed or not */
	uint64_t vetoed_first; /* PA of the first of them */
};

/* "accepts" and so on. */
const char *hr_guard_outcome_name(enum hr_guard_outcome outcome);

/* "splits-linear" and so on; NULL if there is no rule. */
const char *hr_guard_rule_name(enum hr_guard_rule rule);

/*
 * The cost of a teardown
 */

/* One range operation. It covers (num + 1) << (5 * scale + 1) pages from va on. */
struct hr_range_op {
	uint64_t va;
	uint64_t pages;
	unsigned int scale;
	unsigned int num;
};

struct hr_tlbi_count {
	uint64_t flushes; /* calls of a flush, each with its own barriers */
	uint64_t tlbi;	  /* instructions, including repetitions for the erratum */
	uint64_t range_ops;
	uint64_t single_ops;
	uint64_t full_flushes; /* TLBI VMALLE1IS */
	uint64_t dsb;
	uint64_t isb;
};

/* The count for one teardown model. */
struct hr_teardown_count {
	struct hr_tlbi_count linear;
	struct hr_tlbi_count vmemmap;
	struct hr_tlbi_count tables; /* one flush for each table freed */
	struct hr_tlbi_count total;
};

/* Range operations beyond this number are counted, but not listed. */
enum {
	HR_PLAN_OPS_MAX = 65536
};

struct hr_plan {
	bool wide; /* @batched is batched-wide */
	struct hr_teardown_count batched;
	struct hr_teardown_count per_leaf;
	/* @batched.linear on CPUs without range operations */
	struct hr_tlbi_count linear_without_range_ops;
	enum hr_calls calls; /* what one arch_remove_memory() call is assumed to cover */
	bool has_altmap;     /* the first block holds its own memmap */
	uint64_t call_count;
	struct hr_range_op *ops; /* of @batched: the linear map's first, then the vmemmap's */
	size_t op_count;
	bool ops_cut; /* there were more than HR_PLAN_OPS_MAX */
};

/* The counts of @plan that apply to a kernel. An unknown teardown counts as batched. */
static inline const struct hr_teardown_count *hr_plan_of(const struct hr_plan *plan,
							 enum hr_teardown teardown)
{
	return teardown == HR_TEARDOWN_PER_LEAF ? &plan->per_leaf : &plan->batched;
}

/*
 * Questions about ranges
 */

/* What maps a range in one map. */
struct hr_contents {
	uint64_t mapped;     /* bytes under leaves, valid or not */
	uint64_t unmapped;   /* bytes */
	uint64_t unreadable; /* bytes */
	/* completely inside the range; a CONT group counts as one */
	uint64_t leaves[HR_LEAF_KINDS];
	uint64_t tables_emptied; /* tables that the kernel frees after the removal */
	uint64_t root_entries;	 /* root entries that are cleared: leaves and freed tables */
};

/* The removable ranges nearest to one that is not removable. */
struct hr_nearest {
	bool has_inside, has_around;
	struct hr_pa_range inside; /* the largest removable range inside; the lowest of equals */
	struct hr_pa_range around; /* the smallest removable range that contains it */
};

/*
 * How memory could be added so that no leaf is in the way of the removal of its memory blocks, each
 * by itself. It is predicted: if @range were removed, and added again in this way with its struct
 * pages elsewhere, a check as HR_GUARD_REQUESTED would accept each block, so would the kernel, and
 * the range that was asked about would be removable with nothing ignored.
 */
struct hr_advice {
	bool found; /* false: nothing else is set */
	bool again; /* some of @range is there; false: all of it is predicted */
	/* The range that was asked about, with all memory that shares leaves with its ends. */
	struct hr_pa_range range;
	/* Bytes that one arch_add_memory() call may add at most, a power of two; 0: any number. */
	uint64_t pieces;
	/* HR_MAPPING_PAGES: if mapped by pages. Unknown: as this kernel maps memory anyway. */
	enum hr_mapping mapping;
	bool without_own_memmap; /* blocks of @range now hold their own struct pages */
};

/*
 * What a page of memory holds. As long as a page is there that cannot be moved, its memory block
 * does not go offline: either the attempt fails (EBUSY), or it is repeated until a signal comes.
 */
enum hr_page_kind {
	HR_PAGES_FREE,
	HR_PAGES_IDLE,	  /* nobody holds it: on the free list of a CPU, or part of an allocation */
	HR_PAGES_MOVABLE, /* of a process or a file, and nobody else seems to hold it */
	HR_PAGES_HUGETLB, /* moved, or given back if it is free */
	HR_PAGES_HWPOISON, /* broken: it is left behind */
	HR_PAGES_MEMMAP,   /* struct pages of its own memory block (memmap_on_memory) */
	/* Its driver decides: unplugged parts of a virtio-mem device, or a balloon. */
	HR_PAGES_OFFLINE,
	HR_PAGES_OTHER, /* in ZONE_MOVABLE, and in use in a way that is not seen */
	/* These cannot be moved. */
	HR_PAGES_RESERVED, /* from boot, or a hole */
	HR_PAGES_SLAB,
	HR_PAGES_TABLE,	 /* a page table */
	HR_PAGES_KERNEL, /* in use by the kernel in another way, as in a pipe */
	HR_PAGES_CACHE,	 /* of a file in ramfs or of memfd_secret */
	HR_PAGES_PINNED, /* somebody holds it besides those who map it, perhaps only for a moment */
	/* Nothing is known about these. */
	HR_PAGES_NOT_ONLINE, /* the memory is offline: nothing is in it */
	HR_PAGES_UNREADABLE,
	HR_PAGES_KINDS,
};

/* "free", "page_table". NULL if there is no such kind. */
const char *hr_page_kind_name(enum hr_page_kind kind);

/* Does a page of @kind stand in the way of taking its memory block offline? */
bool hr_page_kind_is_unmovable(enum hr_page_kind kind);

struct hr_page_count {
	uint64_t pages;
	uint64_t first_pfn; /* of them; 0 without any */
};

enum {
	HR_PAGES_ROOM = 32 /* for kinds of later versions */
};

/* What lay in a range when it was looked at. Memory that does not exist is in no count. */
struct hr_pages {
	struct hr_page_count kinds[HR_PAGES_ROOM];
	struct hr_page_count unmovable; /* all kinds that are */
	uint64_t to_move;		/* pages for which the kernel has to find other memory */
	bool in_zone_movable;		/* some of the pages are in ZONE_MOVABLE */
	char why[HR_MESSAGE_SIZE];	/* why the first of those that could not be read was not */
};

/* How much of an answer to compute. */
enum hr_depth {
	HR_DEPTH_VERDICT, /* the verdict only: stop once a reason makes it final */
	HR_DEPTH_LEAVES,  /* all reasons, and the leaves of the range */
	HR_DEPTH_PLAN,	  /* everything, including the plan, the nearest ranges and the advice */
};

/* The answer for one range. */
struct hr_answer {
	struct hr_pa_range range;
	enum hr_verdict verdict;
	struct hr_check_result check;
	struct hr_guard_result guard;
	struct hr_contents contents[HR_MAP_COUNT];
	struct hr_nearest nearest; /* empty if the range is removable */
	struct hr_plan *plan;	   /* NULL below HR_DEPTH_PLAN */
	/*
	 * Where the extent of one arch_remove_memory() call comes from: "option",
	 * "memmap-on-memory", "owner" or "assumed". NULL without a plan.
	 */
	const char *calls_from;
	/*
	 * Found only if all reasons, ignored ones too, are splits-leaf or guard-veto: not for
	 * memory from boot, nor if something could not be read.
	 */
	struct hr_advice advice;
	struct hr_pages *pages; /* NULL: not asked for, or the verdict did not need it */
};

/*
 * Answer for @range. The verdict is the same at every depth. What @depth does not ask for is empty,
 * and the kernel's own check unknown. Errors: those of hr_kernel_check_range(); HR_ERROR_USAGE if
 * there is no such depth; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_ask(struct hr_kernel *kernel, const struct hr_pa_range *range,
			       enum hr_depth depth, struct hr_answer **ret);

/*
 * Count what lies in @range, whether or not the configuration asks for it. The kernel's types (BTF)
 * are needed; what they do not say, or cannot be read, is HR_PAGES_UNREADABLE. Pages may have
 * changed by the time the call returns. Errors: those of hr_kernel_check_range();
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_kernel_count_pages(struct hr_kernel *kernel, const struct hr_pa_range *range,
				       struct hr_pages *ret);

/* Free @answer, before or after its kernel. */
void hr_answer_destroy(struct hr_answer *answer);

/*
 * The parts of an answer as functions, for languages that cannot read the struct. The TLBI count is
 * that of this kernel's teardown, 0 without a plan. The @index-th reason, counted from 0, is NULL
 * after the last. Reasons and their messages belong to the answer.
 */
enum hr_verdict hr_answer_verdict(const struct hr_answer *answer);
const struct hr_reason *hr_answer_reason(const struct hr_answer *answer, size_t index);
enum hr_reason_code hr_reason_code_of(const struct hr_reason *reason);
const char *hr_reason_message(const struct hr_reason *reason);
enum hr_guard_outcome hr_answer_guard(const struct hr_answer *answer);
uint64_t hr_answer_tlbi(const struct hr_kernel *kernel, const struct hr_answer *answer);

/*
 * Questions about memory blocks
 */

/* Not a memory block. */
#define HR_NO_BLOCK UINT64_MAX

/*
 * PA of the first memory block at or above PA @start that exists, HR_NO_BLOCK if there is none. If
 * sections are not available, a block exists if the linear map maps part of it. Sets *@ret_unread
 * to true, and never to false, if something could not be read, so that blocks may be missing.
 */
uint64_t hr_kernel_next_block(const struct hr_kernel *kernel, uint64_t start, bool *ret_unread);

/* What maps the first or the last byte of a memory block in one map. */
struct hr_block_edge {
	enum hr_map_state state; /* unmapped also if the map has no room for the block */
	bool has_leaf;		 /* mapped, or in a CONT group that lacks members: @leaf is valid */
	bool is_damaged;	 /* the group lacks members */
	bool crosses;		 /* the leaf extends beyond the block at this edge */
	struct hr_leaf leaf;
};

struct hr_block_edges {
	struct hr_block_edge start, end;
};

/* One memory block in the list of all blocks. */
struct hr_listed_block {
	const struct hr_answer *answer; /* of depth HR_DEPTH_LEAVES */
	enum hr_tristate online;
	enum hr_tristate boot; /* present since boot; unknown without sections */
	struct hr_block_edges edges[HR_MAP_COUNT];
};

/*
 * Does the memory block at PA @start hold its own struct pages (memmap_on_memory)? It does if the
 * vmemmap maps the first struct page of the block to the first page of the block. Unknown if a
 * table cannot be read, or if the source is a text.
 */
enum hr_tristate hr_kernel_memmap_on_memory(const struct hr_kernel *kernel, uint64_t start);

/* A list of all memory blocks. */
struct hr_block_list {
	/* Called for each block, ascending. What it gets is valid during the call. */
	struct hr_error *(*block)(void *context, const struct hr_listed_block *block);
	void *context;
	bool incomplete; /* set by the list: something could not be read; a warning says what */
};

/*
 * Pass every memory block of @kernel to @list. On a running kernel the edges of a block come from
 * one reading of the tables, or from a second one if the tables changed during the first. Errors:
 * HR_ERROR_USAGE if the configuration says that only maps are asked for; HR_ERROR_NO_MEMORY; errors
 * of @list's function, which end the list.
 */
struct hr_error *hr_kernel_list_blocks(struct hr_kernel *kernel, struct hr_block_list *list);

/* A range that can be removed. */
struct hr_suggestion {
	struct hr_pa_range range;
	uint64_t blocks;  /* number of its memory blocks */
	uint64_t refused; /* how many of them the kernel would not take offline */
	/*
	 * Instructions of its teardown under this kernel's model; an estimate if splits-leaf or
	 * unreadable is ignored.
	 */
	uint64_t tlbi;
};

struct hr_suggestions {
	struct hr_suggestion *list; /* best first; no two of them overlap */
	size_t count;
	bool has_largest;	    /* something can be removed */
	struct hr_pa_range largest; /* the largest range that can; the lowest of equals */
	bool unread;		    /* something could not be read, so a range may be missing */
};

enum {
	HR_SUGGEST_BLOCKS_MAX = 1 << 20 /* a machine with more memory blocks is refused */
};

/*
 * Find removable ranges of at least @size bytes, best first: fewest memory blocks that the kernel
 * refuses, then fewest TLBIs, then smallest, then lowest. Each range returned was removable when it
 * was checked by itself. Errors: HR_ERROR_USAGE if @size is 0, or if the configuration says that
 * only maps are asked for; HR_ERROR_INPUT beyond HR_SUGGEST_BLOCKS_MAX blocks, or beyond half as
 * many that the linear map alone shows, because mem_section is not known; HR_ERROR_UNREADABLE
 * if mem_section is damaged; HR_ERROR_NO_MEMORY. Release @ret in any case.
 */
struct hr_error *hr_kernel_suggest(struct hr_kernel *kernel, uint64_t size,
				   struct hr_suggestions *ret);

/* Free what @suggestions, not NULL, points to, and leave it empty. */
void hr_suggestions_release(struct hr_suggestions *suggestions);

/*
 * Questions about maps
 */

/* The VA range that all of @map covers; *@ret_last is inclusive. */
void hr_kernel_map_extent(const struct hr_kernel *kernel, enum hr_map map, uint64_t *ret_start,
			  uint64_t *ret_last);

/*
 * Are the physical addresses in @map known? Page table text has none, and for the vmemmap none can
 * be computed.
 */
bool hr_kernel_has_pa(const struct hr_kernel *kernel, enum hr_map map);

/*
 * The physical address that @va has in the linear map, by its place alone. Meaningless unless
 * hr_kernel_has_pa().
 */
uint64_t hr_kernel_linear_pa(const struct hr_kernel *kernel, uint64_t va);

/*
 * A walk of a whole map. Mapped runs go to @run, unreadable runs to @unread, which may be NULL. The
 * bytes of unreadable runs are counted, and a warning says that the map lacks them. What leaves map
 * that no kernel makes (expected is false) goes to @run, but counts as unreadable, with a warning
 * of its own: a table is damaged or is not a table. So does all of a linear map without any leaf. A
 * vmemmap without any leaf has a warning only.
 */
struct hr_map_walk {
	struct hr_error *(*run)(void *context, const struct hr_run *run);
	struct hr_error *(*unread)(void *context, const struct hr_run *run);
	/*
	 * May be NULL. Called for an aligned group in which only some members have the CONT bit.
	 * The members follow as single leaves.
	 */
	struct hr_error *(*malformed)(void *context, const struct hr_leaf *group);
	void *context;
	uint64_t unreadable; /* bytes, set by the walk */
};

/*
 * Pass every leaf of @map to @walk in ascending VA order. What a run points to is valid during the
 * call. Errors: HR_ERROR_USAGE if there is no such map; errors of @walk's functions, which end the
 * walk.
 */
struct hr_error *hr_kernel_walk_map(struct hr_kernel *kernel, enum hr_map map,
				    struct hr_map_walk *walk);

/*
 * Redaction
 *
 * A copy of a kernel's memory that others may look at: all answers about physical memory are the
 * same, but where the linear map, the vmemmap and the kernel's image lie is not what it was. All of
 * a map moves by one distance, which follows from a seed, and so that each table still maps what it
 * mapped, and nothing else.
 */

struct hr_redaction;

/*
 * Prepare a redaction of the kernel of @config, which must outlive it. Whoever knows @seed can undo
 * it. Errors: those of hr_kernel_create(); HR_ERROR_USAGE for a text of page tables, or if an
 * override is an address that would have to move (phys_offset, kimage_voffset, mem_section);
 * HR_ERROR_INPUT if one of the areas can only be where it is, or if the tables are damaged.
 */
struct hr_error *hr_redaction_create(const struct hr_config *config, uint64_t seed,
				     struct hr_redaction **ret);
void hr_redaction_destroy(struct hr_redaction *redaction);

/*
 * The configuration of the redacted kernel: with redacted memory, which has only what answers need,
 * and VMCOREINFO without what is not known to be harmless. Its host is that of the original, whose
 * symbols have not moved: for the redacted kernel, answer with hr_redaction_va(). Valid as long as
 * @redaction.
 */
const struct hr_config *hr_redaction_config(const struct hr_redaction *redaction);

/* Where @va of the original is in the redacted kernel; 0 if it is in none of what moves. */
uint64_t hr_redaction_va(const struct hr_redaction *redaction, uint64_t va);

/*
 * Compare @kernel, made of the configuration of @redaction, with the original: facts, all leaves,
 * all sections. *@ret_same is false if they differ by more than the move, or if something was read
 * that has no redacted form. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_redaction_check(struct hr_redaction *redaction, struct hr_kernel *kernel,
				    bool *ret_same);

/*
 * Comparison with a text of page tables
 */

enum {
	HR_VERIFY_TEXT_SIZE = 32,
	HR_VERIFY_GROUPS_MAX = 4096 /* of one map */
};

/*
 * Bytes for which walk and text differ, each in words: "PMD", "PTE, not valid", "unmapped".
 */
struct hr_difference {
	uint64_t va;   /* first byte */
	uint64_t last; /* last byte, inclusive */
	char walk[HR_VERIFY_TEXT_SIZE];
	char text[HR_VERIFY_TEXT_SIZE];
	bool unreadable; /* the walk could not read it, so it may be equal */
};

struct hr_comparison;

/*
 * Prepare to compare the tables of @kernel with @ptdump, a text of the same kernel. Both must
 * outlive *@ret. Errors: HR_ERROR_INPUT if the text is not of such a kernel; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_comparison_create(struct hr_kernel *kernel, const struct hr_ptdump *ptdump,
				      struct hr_comparison **ret);
void hr_comparison_destroy(struct hr_comparison *comparison);

/* What a comparison of one map reports. */
struct hr_compared {
	/*
	 * Called for each difference: leaves in ascending VA order, then groups. An error stops the
	 * comparison.
	 */
	struct hr_error *(*difference)(void *context, const struct hr_difference *difference);
	void *context;
	uint64_t leaves;      /* of the walk, set by the comparison, like the next two */
	uint64_t differences; /* including those that could not be read */
	/* Something was not compared: unreadable, or beyond a limit. A warning says which. */
	bool incomplete;
};

/*
 * Compare @map leaf by leaf (level, CONT, valid bit), and the malformed CONT groups, of which
 * HR_VERIFY_GROUPS_MAX are kept. Physical addresses are not compared. Errors: HR_ERROR_USAGE if
 * there is no such map; HR_ERROR_INPUT beyond four million neighbours of different kinds in one of
 * the two; HR_ERROR_NO_MEMORY; errors of @compared's function.
 */
struct hr_error *hr_comparison_run(struct hr_comparison *comparison, enum hr_map map,
				   struct hr_compared *compared);

/*
 * Comparison of two kernels
 */

/* What a leaf is like, apart from where it is. Unless it is mapped, only @state counts. */
struct hr_leaf_form {
	enum hr_map_state state;
	int level;
	bool cont; /* as in struct hr_leaf, like the next two */
	bool valid;
	bool expected;
	bool malformed; /* in a CONT group in which only some members have the CONT bit */
	uint64_t size;	/* bytes */
};

/* What a memory block is like. Unless it exists, nothing else counts. */
struct hr_block_form {
	bool exists;
	enum hr_tristate online;
	enum hr_tristate boot; /* present since boot */
	enum hr_verdict verdict;
	enum hr_guard_outcome guard;
	uint32_t reasons; /* bit (1 << enum hr_reason_code) */
};

/* The form of the memory that @answer is about, as if it were a block of unknown state. */
struct hr_block_form hr_answer_form(const struct hr_answer *answer);

enum hr_change {
	HR_CHANGE_UNKNOWN, /* what is known does not differ, but not everything is known */
	HR_CHANGE_ADDED,
	HR_CHANGE_REMOVED,
	HR_CHANGE_SPLIT,       /* into smaller leaves */
	HR_CHANGE_JOINED,      /* to larger leaves */
	HR_CHANGE_INVALIDATED, /* the valid bit was cleared */
	HR_CHANGE_VALIDATED,
	HR_CHANGE_OTHER,
	HR_CHANGE_KINDS,
};

/* "added", "split", "made-invalid". */
const char *hr_change_name(enum hr_change change);

/* What @before has become, if the two differ. */
enum hr_change hr_leaf_change_of(const struct hr_leaf_form *before,
				 const struct hr_leaf_form *after);
enum hr_change hr_block_change_of(const struct hr_block_form *before,
				  const struct hr_block_form *after);

/* What maps the memory of a kernel, and what its memory blocks are like, at one moment. */
struct hr_inventory;

/*
 * Take down what maps the memory of @kernel and, with @blocks, what its memory blocks are like, by
 * physical addresses: virtual ones differ from boot to boot. In the vmemmap, a leaf is where the
 * memory is whose struct pages it maps. Warnings of @kernel say what could not be read. Errors:
 * HR_ERROR_USAGE for @blocks if the configuration says that only maps are asked for; HR_ERROR_INPUT
 * if physical addresses are not known, or beyond four million neighbours of different forms;
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_inventory_create(struct hr_kernel *kernel, bool blocks,
				     struct hr_inventory **ret);
void hr_inventory_destroy(struct hr_inventory *inventory);

/* Leaves, or memory blocks, that were of one form and are of one form. */
struct hr_leaf_change {
	enum hr_map map;
	struct hr_pa_range range; /* of the memory */
	enum hr_change change;
	struct hr_leaf_form before, after;
};

struct hr_block_change {
	struct hr_pa_range range;
	enum hr_change change;
	struct hr_block_form before, after;
};

struct hr_inventory_changes {
	/* May be NULL. Called for each change, ascending in each map: blocks first, then leaves. */
	struct hr_error *(*block)(void *context, const struct hr_block_change *change);
	struct hr_error *(*leaf)(void *context, const struct hr_leaf_change *change);
	void *context;
	bool differs;	 /* set by the comparison, like the next one: something certainly differs */
	bool incomplete; /* not everything is known of both */
};

/*
 * Report what has changed between @before and @after. The vmemmaps of kernels whose pages or struct
 * pages are of different sizes are not compared, which counts as incomplete. Returns only errors of
 * the functions of @changes.
 */
struct hr_error *hr_inventory_compare(const struct hr_inventory *before,
				      const struct hr_inventory *after,
				      struct hr_inventory_changes *changes);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
