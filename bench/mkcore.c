// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkcore - make a core of an arm64 machine of any size for the benchmark.
 *
 *   mkcore [OPTION...] OUT
 *
 *   --size=SIZE                   hot-added memory (default: 1G)
 *   --map=MAP                     how it is mapped: pages, cont-pte, pmd, cont-pmd, pud, mixed
 *   --part=SIZE --part-map=MAP    map its first bytes like this instead
 *   --boot-map=MAP                how boot memory is mapped (default: cont-pmd)
 *   --page-size=SIZE              4K (default), 16K or 64K
 *   --run=N                       mean length of a run of tables, in pages (default: 4)
 *   --format=FORMAT               elf (default), or kdump-compressed: zlib, lzo, snappy, zstd
 *   --release=TEXT
 *
 * Beside OUT it writes OUT.plan and OUT.map, which list the table pages that a walk of the
 * hot-added memory and of everything reads (physical addresses, 64 bits each, in the order of the
 * walk), and OUT.json, which describes the machine.
 */
#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

static const char *const kind_names[KINDS] = { "PUD", "CONT_PMD", "PMD", "CONT_PTE", "PTE" };

static void print_counts(FILE *out, const char *name, const uint64_t counts[KINDS])
{
	fprintf(out, "  \"%s\": {", name);
	for (size_t i = 0; i < KINDS; i++)
		fprintf(out, "%s\"%s\": %" PRIu64, i ? ", " : "", kind_names[i], counts[i]);
	fprintf(out, "},\n");
}

static void describe(const struct machine *m, const char *path)
{
	FILE *out = fopen(path, "we");

	if (!out)
		err(EXIT_FAILURE, "%s", path);
	fprintf(out, "{\n  \"page_size\": %" PRIu64 ",\n", page_size(m));
	fprintf(out, "  \"hot_pa\": %" PRIu64 ",\n", m->hot_pa);
	fprintf(out, "  \"size\": %" PRIu64 ",\n", m->size);
	fprintf(out, "  \"boot_pa\": %" PRIu64 ",\n", m->boot_pa);
	fprintf(out, "  \"boot_size\": %" PRIu64 ",\n", m->boot_size);
	fprintf(out, "  \"root_pa\": %" PRIu64 ",\n", m->root_pa);
	fprintf(out, "  \"memstart\": %" PRIu64 ",\n", m->boot_pa);
	fprintf(out, "  \"section_size\": %" PRIu64 ",\n", UINT64_C(1) << m->section_shift);
	fprintf(out, "  \"pages_taken\": %" PRIu64 ",\n", m->pool.taken);
	fprintf(out, "  \"runs\": %" PRIu64 ",\n", m->pool.runs);
	print_counts(out, "linear", m->linear);
	print_counts(out, "vmemmap", m->vmemmap);
	fprintf(out, "  \"map\": \"%s\"\n}\n", m->map);
	if (fclose(out))
		err(EXIT_FAILURE, "%s", path);
}

static char *beside(const char *path, const char *suffix)
{
	char *name;

	if (asprintf(&name, "%s%s", path, suffix) < 0)
		err(EXIT_FAILURE, "asprintf");
	return name;
}

static void make(struct machine *m, const char *path)
{
	char *plan = beside(path, ".plan"), *map = beside(path, ".map");
	char *json = beside(path, ".json");

	reserve_memory(m);
	build_tables(m);
	build_contents(m);
	if (strcmp(m->format, "elf"))
		kdump_write(m, path);
	else
		elf_write(m, path);
	list_tables(m, plan, true);
	list_tables(m, map, false);
	describe(m, json);
	free(plan);
	free(map);
	free(json);
}

static void set_option(struct machine *m, int option, uint64_t *granule)
{
	switch (option) {
	case 's':
		m->size = parse_size(optarg);
		return;
	case 'm':
		m->map = optarg;
		return;
	case 'p':
		m->part = parse_size(optarg);
		return;
	case 'q':
		m->part_map = optarg;
		return;
	case 'b':
		m->boot_map = optarg;
		return;
	case 'g':
		*granule = parse_size(optarg);
		return;
	case 'r':
		m->run = (unsigned int)parse_size(optarg);
		return;
	case 'f':
		m->format = optarg;
		return;
	case 'k':
		m->release = optarg;
		return;
	default:
		exit(EXIT_FAILURE);
	}
}

static uint64_t parse_options(int argc, char **argv, struct machine *m)
{
	static const struct option options[] = {
		{ "size", required_argument, NULL, 's' },
		{ "map", required_argument, NULL, 'm' },
		{ "part", required_argument, NULL, 'p' },
		{ "part-map", required_argument, NULL, 'q' },
		{ "boot-map", required_argument, NULL, 'b' },
		{ "page-size", required_argument, NULL, 'g' },
		{ "run", required_argument, NULL, 'r' },
		{ "format", required_argument, NULL, 'f' },
		{ "release", required_argument, NULL, 'k' },
		{ 0 },
	};
	uint64_t granule = 4 * KIB;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		set_option(m, option, &granule);
	if (argc - optind != 1)
		errx(EXIT_FAILURE, "usage: mkcore [OPTION...] OUT");
	if (!m->run || (strcmp(m->format, "elf") && !is_compression(m->format)))
		errx(EXIT_FAILURE, "no such format, or no run");
	return granule;
}

int main(int argc, char **argv)
{
	struct machine machine = {
		.size = GIB,
		.map = "pages",
		.part_map = "pages",
		.boot_map = "cont-pmd",
		.format = "elf",
		.release = "7.2.12+deb13-arm64",
		.run = 4,
	};
	uint64_t granule = parse_options(argc, argv, &machine);

	if (!machine.size || machine.size % GIB)
		errx(EXIT_FAILURE, "the size must be a multiple of 1G");
	machine_plan(&machine, granule);
	make(&machine, argv[optind]);
	free(machine.pool.used);
	return EXIT_SUCCESS;
}
