/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's release string, parsed. */
#ifndef HR_RELEASE_H
#define HR_RELEASE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	HR_RELEASE_SIZE = 66
};

/* How much a release string leaves open. */
enum hr_release_span {
	HR_SPAN_EXACT,
	/*
	 * Built from a git tree: something between this release and the next, or what is queued
	 * for the next series.
	 */
	HR_SPAN_GIT,
	/* Debian's X.Y-arm64 without its version text: the release or one of its candidates. */
	HR_SPAN_CANDIDATES,
	/*
	 * Debian's X.Y.0-N-arm64 without its version text: that release or one of its point
	 * releases.
	 */
	HR_SPAN_BRANCH,
};

struct hr_release {
	bool known;	    /* the string begins with MAJOR.MINOR */
	unsigned int major; /* 7.1.13 is 7, 1, 13 */
	unsigned int minor;
	unsigned int patch;
	unsigned int rc;  /* of a release candidate, 0 otherwise */
	unsigned int abi; /* the N of a distribution's X.Y.0-N-flavour, 0 otherwise */
	enum {
		HR_DISTRO_NONE, /* kernel.org: a release or a git tree */
		HR_DISTRO_DEBIAN,
		HR_DISTRO_UBUNTU, /* its generic flavour; cloud flavours have their own numbering */
		HR_DISTRO_OTHER,  /* may carry patches that no table can know */
	} distro;
	enum hr_release_span span;
};

/*
 * Parse @release ("6.1.0-50-arm64"). A suffix that is not known from kernel.org, Debian or Ubuntu
 * means another distribution. @version is the utsname's version ("#1 SMP Debian 6.1.176-1 (...)"),
 * or NULL if it could not be read. Debian kernels have the point release (up to 6.1) and the
 * candidate (7.2~rc4 calls itself 7.2-arm64) only there; it then replaces that of @release.
 */
struct hr_release hr_release_parse(const char *release, const char *version);

/*
 * Enumerate the releases that @release may be: *@ret is the @n-th, counted from 0, with the span
 * HR_SPAN_EXACT. Returns false if there are no more; there is always a first.
 */
bool hr_release_of_span(const struct hr_release *release, unsigned int n, struct hr_release *ret);

/*
 * Is @release of a series before MAJOR.MINOR? A candidate belongs to its own series, because nearly
 * all changes come before the first candidate.
 */
bool hr_release_is_before(const struct hr_release *release, unsigned int major, unsigned int minor);

/*
 * Copy at most @size - 1 bytes of @text up to a NUL, and replace everything unprintable with '?'.
 */
void hr_release_sanitize(char *buffer, size_t size, const char *text);

#endif
