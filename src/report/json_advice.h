/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_JSON_ADVICE_H
#define HR_JSON_ADVICE_H

#include <hotremove/hotremove.h>

struct json_object;

/* Put @advice into @range; null if none was found. */
void hr_json_put_advice(struct json_object *range, const struct hr_advice *advice);

#endif
