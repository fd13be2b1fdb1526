/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow by one element at a time. */
#ifndef HR_GROW_H
#define HR_GROW_H

#include <stdlib.h>

/*
 * Make room for one more element in @array, which has @count elements of @size bytes. Returns its
 * new address and sets *@room to the number of elements that fit. Returns NULL without memory;
 * @array is then unchanged.
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
