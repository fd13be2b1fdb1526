/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scope-bound release of resources, so that every return path is the same. */
#ifndef HR_CLEANUP_H
#define HR_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

static inline void hr_cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void hr_cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define _cleanup_(fn)	__attribute__((__cleanup__(fn)))
#define _cleanup_free_	_cleanup_(hr_cleanup_free)
#define _cleanup_close_ _cleanup_(hr_cleanup_close)

/* Pass a file descriptor to the caller and disarm its cleanup. */
static inline int hr_take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Pass a pointer to the caller and disarm its cleanup. */
#define hr_take(pointer)                                                                           \
	({                                                                                         \
		__typeof__(pointer) taken_ = (pointer);                                            \
		(pointer) = NULL;                                                                  \
		taken_;                                                                            \
	})

#endif
