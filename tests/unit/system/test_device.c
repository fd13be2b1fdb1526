// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"
#include "tree_files.h"

#include <string.h>

#include "base/error.h"
#include "system/device.h"

static struct hr_error *append(void *context, const char *name)
{
	strcat(context, name);
	strcat(context, " ");
	return NULL;
}

static struct hr_error *refuse(void *context, const char *name)
{
	(void)context;
	return hr_error_new(HR_ERROR_INPUT, "not %s", name);
}

static void the_name_tells_the_kind(void **state)
{
	(void)state;
	assert_int_equal(hr_device_kind_of("PNP0C80:1f"), HR_DEVICE_DIMM);
	assert_int_equal(hr_device_kind_of("virtio3"), HR_DEVICE_VIRTIO_MEM);
	assert_int_equal(hr_device_kind_of("dax0.0"), HR_DEVICE_DAX);
	assert_int_equal(hr_device_kind_of("hmem0"), HR_DEVICE_OTHER);
	assert_string_equal(hr_device_kind_name(HR_DEVICE_VIRTIO_MEM), "virtio-mem");
}

/* A machine has slots in which there is nothing. */
static void devices_are_those_that_are_there(void **state)
{
	struct tree_files files;
	const struct hr_tree tree = { .root = files.root };
	char names[256] = "";

	(void)state;
	tree_files_create(&files);
	tree_files_put(&files, "sys/bus/acpi/devices/PNP0C80:00/status", "0\n");
	tree_files_put(&files, "sys/bus/acpi/devices/PNP0C80:01/status", "15\n");
	tree_files_put(&files, "sys/bus/dax/devices/dax0.0", "");
	tree_files_put(&files, "sys/bus/virtio/drivers/virtio_mem/virtio1", "");
	assert_success(hr_devices_list(&tree, append, names));
	assert_string_equal(names, "PNP0C80:01 virtio1 dax0.0 ");
	assert_failure(hr_devices_list(&tree, refuse, NULL), HR_ERROR_INPUT, "not PNP0C80:01");
	tree_files_destroy(&files);
}

static void a_system_may_have_none(void **state)
{
	struct tree_files files;
	const struct hr_tree tree = { .root = files.root };
	char names[256] = "";

	(void)state;
	tree_files_create(&files);
	assert_success(hr_devices_list(&tree, append, names));
	assert_string_equal(names, "");
	tree_files_destroy(&files);
}

static void a_text_ends_before_its_newline(void **state)
{
	struct tree_files files;
	const struct hr_tree tree = { .root = files.root };
	char text[8];

	(void)state;
	tree_files_create(&files);
	tree_files_put(&files, "sys/bus/dax/devices/dax0.0/memmap_on_memory", "1\n");
	tree_files_put(&files, "sys/bus/dax/devices/dax0.0/state", "online_movable\n");
	hr_device_text(&tree, HR_TREE_DAX_ON_MEMORY, "dax0.0", text, sizeof(text));
	assert_string_equal(text, "1");
	/* It does not fit. */
	hr_device_text(&tree, HR_TREE_DAX_STATE, "dax0.0", text, sizeof(text));
	assert_string_equal(text, "");
	hr_device_text(&tree, HR_TREE_DAX_STATE, "dax1.0", text, sizeof(text));
	assert_string_equal(text, "");
	tree_files_destroy(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_tells_the_kind),
		cmocka_unit_test(devices_are_those_that_are_there),
		cmocka_unit_test(a_system_may_have_none),
		cmocka_unit_test(a_text_ends_before_its_newline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
