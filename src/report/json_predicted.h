/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was pretended, as JSON. */
#ifndef HR_JSON_PREDICTED_H
#define HR_JSON_PREDICTED_H

#include <hotremove/hotremove.h>

struct json_object;

/* Put the list of the changes that @kernel was told of into @document; null if there is none. */
void hr_json_put_predicted(struct json_object *document, const struct hr_kernel *kernel);

#endif
