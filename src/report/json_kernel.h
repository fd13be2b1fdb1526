/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_JSON_KERNEL_H
#define HR_JSON_KERNEL_H

#include "cli/session.h"

struct json_object;

/* Put the source and the kernel found in it into @document. */
void hr_json_put_source(struct json_object *document, const struct hr_session *session);
void hr_json_put_kernel(struct json_object *document, const struct hr_session *session);

#endif
