/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow by one element at a time. */
#ifndef HR_GROW_H
#define HR_GROW_H

#include <stdlib.h>

/*
 * @array, which has @count elements of @size bytes, with room for one more: where it is now, and in
 * *@room for how many. NULL without memory, and then @array is what it was.
 */
static inline void *hr_grow(void *array, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 16;

	if (count < *room)
		return array;
	array = reallocarray(array, more, size);
	if (array)
		*room = more;
	return array;
}

#endif
