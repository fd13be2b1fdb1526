/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why memory could not be read, as a clause. */
#ifndef HR_WHY_H
#define HR_WHY_H

/* Room for a reason. */
enum {
	HR_WHY_SIZE = 160
};

#endif
