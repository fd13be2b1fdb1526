// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU plugin that logs every TLB invalidation that a guest executes, with its call stack.
 *
 * The log is a stream of little-endian 64-bit words (see tlbilog.py, which reads it):
 *
 *   TAG_STACK | count, then count return addresses, innermost first
 *   TAG_TLBI | instruction, its address, the value of its operand
 *
 * A stack applies to all instructions up to the next stack; it is left out if it would repeat the
 * last one, as in a loop. Every record is written at once, so that the log is complete when the
 * machine is stopped. Return addresses may carry pointer authentication codes.
 */
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The part of QEMU's plugin interface that is used here: Debian 12 has no header for it. */
#define EXPORT	       __attribute__((visibility("default")))
#define API_VERSION    4
#define READ_REGISTERS 1

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_register;
struct qemu_info_t;

struct register_descriptor {
	struct qemu_plugin_register *handle;
	const char *name;
	const char *feature;
};

typedef uint64_t plugin_id;
typedef void vcpu_callback(plugin_id id, unsigned int vcpu);
typedef void translation_callback(plugin_id id, struct qemu_plugin_tb *tb);
typedef void execution_callback(unsigned int vcpu, void *context);

void qemu_plugin_register_vcpu_init_cb(plugin_id id, vcpu_callback *callback);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, translation_callback *callback);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    execution_callback *callback, int flags, void *context);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *buffer, size_t size);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
GArray *qemu_plugin_get_registers(void);
int qemu_plugin_read_register(struct qemu_plugin_register *handle, GByteArray *buffer);
bool qemu_plugin_read_memory_vaddr(uint64_t address, GByteArray *data, size_t size);

EXPORT int qemu_plugin_version = API_VERSION;
EXPORT int qemu_plugin_install(plugin_id id, const struct qemu_info_t *info, int argc, char **argv);

/* SYS with CRn 8, or 9 for the variants without waiting for XS accesses. */
#define TLBI_MASK  0xfff8e000u
#define TLBI_VALUE 0xd5088000u

enum {
	REGISTERS = 31, /* x0 to x30; number 31 is the zero register here */
	FRAME = 29,
	LINK = 30,
	STACK_MAX = 16,
};

#define TAG_STACK ((uint64_t)1 << 32)
#define TAG_TLBI  ((uint64_t)2 << 32)

/* The machines have one CPU: with more, the log would not show which flush belongs to which. */
static struct qemu_plugin_register *registers[REGISTERS];
static GByteArray *scratch;
static uint64_t last_stack[STACK_MAX + 1];
static int log_file = -1;

static void write_words(const uint64_t *words, size_t count)
{
	size_t size = count * sizeof(*words);

	if (write(log_file, words, size) != (ssize_t)size)
		perror("tlbi plugin: the log is not complete");
}

static uint64_t taken_from_scratch(void)
{
	uint64_t value = 0;

	if (scratch->len >= sizeof(value))
		memcpy(&value, scratch->data, sizeof(value));
	g_byte_array_set_size(scratch, 0);
	return value;
}

static uint64_t read_register(unsigned int number)
{
	if (number >= REGISTERS || !registers[number])
		return 0;
	qemu_plugin_read_register(registers[number], scratch);
	return taken_from_scratch();
}

static bool read_word(uint64_t address, uint64_t *ret)
{
	bool ok = qemu_plugin_read_memory_vaddr(address, scratch, sizeof(*ret));

	*ret = taken_from_scratch();
	return ok;
}

/*
 * The return addresses that lead to the instruction about to be executed. The link register comes
 * first, for a function without a frame of its own; in any other it is at worst an address in the
 * same function.
 */
static size_t read_stack(uint64_t *addresses)
{
	uint64_t frame = read_register(FRAME);
	size_t count = 0;

	addresses[count++] = read_register(LINK);
	while (count < STACK_MAX && frame) {
		uint64_t caller;

		if (!read_word(frame, &caller) ||
		    !read_word(frame + sizeof(frame), &addresses[count]))
			break;
		count++;
		if (caller <= frame)
			break;
		frame = caller;
	}
	return count;
}

static void on_tlbi(unsigned int vcpu, void *context)
{
	const uint64_t *site = context;
	uint64_t stack[STACK_MAX + 1] = { 0 };
	size_t count = read_stack(stack + 1);

	(void)vcpu;
	stack[0] = TAG_STACK | count;
	if (memcmp(stack, last_stack, sizeof(stack)) != 0) {
		memcpy(last_stack, stack, sizeof(stack));
		write_words(stack, count + 1);
	}
	write_words((uint64_t[]){ site[0], site[1], read_register(site[0] & 31) }, 3);
}

static void on_translation(plugin_id id, struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < count; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t code = 0;
		uint64_t *site;

		qemu_plugin_insn_data(insn, &code, sizeof(code));
		if ((code & TLBI_MASK) != TLBI_VALUE)
			continue;
		site = g_new(uint64_t, 2); /* lives as long as the translation: to the end */
		site[0] = TAG_TLBI | code;
		site[1] = qemu_plugin_insn_vaddr(insn);
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_tlbi, READ_REGISTERS, site);
	}
}

/* Register handles are only given out here. */
static void on_vcpu_init(plugin_id id, unsigned int vcpu)
{
	GArray *found = qemu_plugin_get_registers();

	(void)id;
	(void)vcpu;
	for (guint i = 0; i < found->len; i++) {
		struct register_descriptor *one =
			&g_array_index(found, struct register_descriptor, i);
		unsigned int number;
		char rest;

		if (sscanf(one->name, "x%u%c", &number, &rest) == 1 && number < REGISTERS)
			registers[number] = one->handle;
	}
	g_array_free(found, TRUE);
}

int qemu_plugin_install(plugin_id id, const struct qemu_info_t *info, int argc, char **argv)
{
	const char *option = "out=";

	(void)info;
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], option, strlen(option)))
			log_file = open(argv[i] + strlen(option),
					O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	if (log_file < 0) {
		fprintf(stderr, "tlbi plugin: out=FILE is missing or cannot be written\n");
		return -1;
	}
	scratch = g_byte_array_new();
	qemu_plugin_register_vcpu_init_cb(id, on_vcpu_init);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}
