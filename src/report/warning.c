// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/warning.h"

bool hr_warning_at(const struct hr_session *session, size_t i, struct hr_warning *ret)
{
	const char *own = session->inputs->warning;
	size_t count, before = own ? 1 : 0;
	const char *const *told = hr_kernel_warnings(session->kernel, &count);

	if (i >= before + count)
		return false;
	ret->is_told = i >= before;
	ret->text = ret->is_told ? told[i - before] : own;
	return true;
}
