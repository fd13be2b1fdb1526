// SPDX-License-Identifier: GPL-2.0-or-later
#include "allocations.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIVE_MAX = 4096
};

static bool counting, goes_on, failed;
static uint64_t next_number, first_failure;
static void *live[LIVE_MAX];
static size_t live_count;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
int __real_vasprintf(char **ret, const char *format, va_list args);
void __real_free(void *pointer);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
int __wrap_vasprintf(char **ret, const char *format, va_list args);
int __wrap_asprintf(char **ret, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap___vasprintf_chk(char **ret, int flag, const char *format, va_list args);
int __wrap___asprintf_chk(char **ret, int flag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void __wrap_free(void *pointer);

void allocations_begin(uint64_t nth, bool for_ever)
{
	live_count = 0;
	next_number = 0;
	first_failure = nth;
	goes_on = for_ever;
	failed = false;
	counting = true;
}

bool allocations_end(size_t *ret_left)
{
	counting = false;
	*ret_left = live_count;
	return failed;
}

static bool may_allocate(void)
{
	uint64_t number = next_number;

	if (!counting)
		return true;
	next_number++;
	if (number != first_failure && !(goes_on && number > first_failure))
		return true;
	failed = true;
	return false;
}

static void *keep(void *pointer)
{
	if (!counting || !pointer)
		return pointer;
	if (live_count == LIVE_MAX)
		abort();
	live[live_count++] = pointer;
	return pointer;
}

static void forget(const void *pointer)
{
	for (size_t i = live_count; counting && i-- > 0;) {
		if (live[i] != pointer)
			continue;
		live[i] = live[--live_count];
		return;
	}
}

void *__wrap_malloc(size_t size)
{
	return may_allocate() ? keep(__real_malloc(size)) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
	return may_allocate() ? keep(__real_calloc(count, size)) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
	if (!may_allocate())
		return NULL;
	forget(old);
	return keep(__real_realloc(old, size));
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	if (!may_allocate())
		return NULL;
	forget(old);
	return keep(__real_reallocarray(old, count, size));
}

char *__wrap_strdup(const char *text)
{
	return may_allocate() ? keep(__real_strdup(text)) : NULL;
}

char *__wrap_strndup(const char *text, size_t len)
{
	return may_allocate() ? keep(__real_strndup(text, len)) : NULL;
}

int __wrap_vasprintf(char **ret, const char *format, va_list args)
{
	int len = may_allocate() ? __real_vasprintf(ret, format, args) : -1;

	if (len >= 0)
		keep(*ret);
	return len;
}

int __wrap_asprintf(char **ret, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = __wrap_vasprintf(ret, format, args);
	va_end(args);
	return len;
}

/* What _FORTIFY_SOURCE makes of the two above. */
int __wrap___vasprintf_chk(char **ret, int flag, const char *format, va_list args)
{
	(void)flag;
	return __wrap_vasprintf(ret, format, args);
}

int __wrap___asprintf_chk(char **ret, int flag, const char *format, ...)
{
	va_list args;
	int len;

	(void)flag;
	va_start(args, format);
	len = __wrap_vasprintf(ret, format, args);
	va_end(args);
	return len;
}

void __wrap_free(void *pointer)
{
	forget(pointer);
	__real_free(pointer);
}
