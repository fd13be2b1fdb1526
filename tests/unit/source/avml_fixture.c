// SPDX-License-Identifier: GPL-2.0-or-later
#include "avml_fixture.h"

#include <string.h>

struct avml_file file;
struct hr_source source;
void *library;

static void release(void)
{
	if (source.ops)
		source.ops->destroy(source.context);
	memset(&source, 0, sizeof(source));
	avml_file_release(&file);
}

void begin(void)
{
	release();
	avml_file_init(&file);
}

int load(void **state)
{
	(void)state;
	assert_success(hr_avml_helpers.start(NULL, 0, false, &library));
	return 0;
}

int unload(void **state)
{
	(void)state;
	hr_avml_helpers.end(library);
	return 0;
}

int set_up(void **state)
{
	(void)state;
	avml_file_init(&file);
	return 0;
}

int tear_down(void **state)
{
	(void)state;
	release();
	return 0;
}

struct hr_error *open_file(void)
{
	return hr_avml_open(&file.file.fd, 1, library, &source);
}
