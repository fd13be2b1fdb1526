/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's release string, taken apart. */
#ifndef HR_RELEASE_H
#define HR_RELEASE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	HR_RELEASE_SIZE = 66
};

struct hr_release {
	bool known;	    /* the string began with MAJOR.MINOR */
	unsigned int major; /* 7.1.13 is 7, 1, 13 */
	unsigned int minor;
	unsigned int patch;
	unsigned int rc;  /* of a release candidate, 0 otherwise */
	unsigned int abi; /* the N of a distribution's X.Y.0-N-flavour, 0 otherwise */
	enum {
		HR_DISTRO_NONE, /* nothing but a local version behind the number */
		HR_DISTRO_DEBIAN,
		HR_DISTRO_UBUNTU, /* its generic flavour; those for clouds count on their own */
		HR_DISTRO_OTHER,  /* carries patches of its own that no table can know */
	} distro;
};

/*
 * Take @release ("6.1.0-50-arm64") apart. @version is the utsname's version ("#1 SMP Debian
 * 6.1.176-1 (...)"), or NULL: Debian kernels up to 6.1 tell their point release only there, and it
 * replaces @release's then.
 */
struct hr_release hr_release_parse(const char *release, const char *version);

/* Order by MAJOR.MINOR.PATCH, an -rc before its release: below 0, 0, above 0 as strcmp(). */
int hr_release_compare(const struct hr_release *release, unsigned int major, unsigned int minor,
		       unsigned int patch);

/* Copy at most @size - 1 bytes of @text up to a NUL, with everything unprintable turned to '?'. */
void hr_release_sanitize(char *buffer, size_t size, const char *text);

#endif
