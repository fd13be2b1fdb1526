/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Build JSON values and print them to standard output. If an allocation failed, this is reported
 * when the value is printed; nothing incomplete is printed.
 */
#ifndef HR_JSON_WRITER_H
#define HR_JSON_WRITER_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

/*
 * Call this before privileges are dropped. json-c would open a device to seed its hashes if the
 * kernel has no random numbers yet. The keys are the program's own, so they need no seed.
 */
void hr_json_prepare(void);

/*
 * From now on, print each document in one line if @one_line, as JSON Lines has them; otherwise
 * in many.
 */
void hr_json_set_layout(bool one_line);

/* What stands between two members of a document in this layout: a space, or the end of a line. */
const char *hr_json_break(void);

/* An empty object, an empty list, and a list of @count strings that may come from outside. */
struct json_object *hr_json_new(void);
struct json_object *hr_json_new_array(void);
struct json_object *hr_json_new_strings(const char *const *strings, size_t count);
void hr_json_destroy(struct json_object *object);

/*
 * Put @value, whose ownership is taken, into @object as @key, or at the end of @array. Keys are
 * literals or names of the library: they are not copied.
 *
 * An object that was printed can be used again: what is put into it replaces what it held as that
 * key, in the same place. So it must be given the same keys as before, each in the same form (text,
 * count, address...) or null.
 */
void hr_json_put(struct json_object *object, const char *key, struct json_object *value);
void hr_json_append(struct json_object *array, struct json_object *value);
void hr_json_append_text(struct json_object *array, const char *value);

/*
 * Put a new object into @object, and return it; or a list of @count objects, whose item @index is
 * filled next, and is NULL if there was no memory for it.
 */
struct json_object *hr_json_put_new(struct json_object *object, const char *key);
struct json_object *hr_json_put_list(struct json_object *object, const char *key, size_t count);
struct json_object *hr_json_item(const struct json_object *array, size_t index);

void hr_json_put_null(struct json_object *object, const char *key);
void hr_json_put_count(struct json_object *object, const char *key, uint64_t value);
void hr_json_put_bool(struct json_object *object, const char *key, bool value);
void hr_json_put_tristate(struct json_object *object, const char *key, enum hr_tristate value);
/* Text that may come from outside; NULL becomes null. */
void hr_json_put_text(struct json_object *object, const char *key, const char *value);
/* Text of the library, which names fields of the configuration where a user knows options. */
void hr_json_put_told(struct json_object *object, const char *key, const char *value);
void hr_json_append_told(struct json_object *array, const char *value);
/*
 * An address as a string of hexadecimal digits. The second function writes null unless it is
 * @known.
 */
void hr_json_put_address(struct json_object *object, const char *key, uint64_t value);
void hr_json_put_known(struct json_object *object, const char *key, bool known, uint64_t value);
/* "start", "end" and "size" of [@start, @end); the "end" is inclusive. */
void hr_json_put_extent(struct json_object *object, uint64_t start, uint64_t end);

/*
 * Print @object, which is consumed: as it is; in one line followed by a newline; or its members,
 * each followed by a comma. hr_json_print_held() prints it as it is, and keeps it for another use.
 * Error HR_ERROR_NO_MEMORY: nothing was printed, or members are missing.
 */
struct hr_error *hr_json_print(struct json_object *object);
struct hr_error *hr_json_print_held(struct json_object *object);
struct hr_error *hr_json_print_line(struct json_object *object);
struct hr_error *hr_json_print_members(struct json_object *object);

#endif
