// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/release.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

enum {
	/*
	 * Ubuntu's kernels for clouds and boards, and its builds of mainline, count from 1000 on.
	 */
	UBUNTU_ABI_MAX = 999,
	/* More candidates and point releases than any branch has. */
	CANDIDATES_MAX = 10,
	POINT_RELEASES_MAX = 500,
};

#define NUMBER "+([0-9])"
#define HEX    "[0-9a-f]"
/* git abbreviates to 7 digits or more. With fewer, this would be the name of a compiler: -gcc. */
#define HASH	HEX HEX HEX HEX HEX HEX HEX "*(" HEX ")"
#define FLAVOUR "?(-rt|-cloud)-arm64?(-16k|-64k)"

/*
 * What may follow the number and -rcN, as patterns of fnmatch() with FNM_EXTMATCH. The first match
 * counts. Anything else belongs to another distribution or is a custom build.
 */
static const struct {
	const char *pattern;
	int distro;
	enum hr_release_span span;
} suffixes[] = {
	{ "", HR_DISTRO_NONE, HR_SPAN_EXACT },
	/* scripts/setlocalversion: commits since the tag, or just that there are some; changes. */
	{ "?(?(-" NUMBER ")-g" HASH ")?(+)?(-dirty)", HR_DISTRO_NONE, HR_SPAN_GIT },
	{ FLAVOUR, HR_DISTRO_DEBIAN, HR_SPAN_EXACT },
	{ "+@(deb|bpo)*([0-9.+~u])" FLAVOUR, HR_DISTRO_DEBIAN, HR_SPAN_EXACT },
	{ "-@(" NUMBER "?(.@(deb|bpo)*([0-9.]))|trunk)" FLAVOUR, HR_DISTRO_DEBIAN, HR_SPAN_EXACT },
	{ "-" NUMBER "-generic?(-64k)", HR_DISTRO_UBUNTU, HR_SPAN_EXACT },
	/* linux-next */
	{ "-next-" NUMBER "*", HR_DISTRO_OTHER, HR_SPAN_GIT },
};

/* Take the decimal number of up to @digits digits at *@text. Returns false if there is none. */
static bool take_number(const char **text, size_t digits, unsigned int *ret)
{
	const char *at = *text;

	*ret = 0;
	while (isdigit((unsigned char)*at) && (size_t)(at - *text) < digits)
		*ret = *ret * 10 + (unsigned int)(*at++ - '0');
	if (at == *text)
		return false;
	*text = at;
	return true;
}

/* Take @prefix and a number, or nothing. */
static bool take_part(const char **text, const char *prefix, size_t digits, unsigned int *ret)
{
	const char *at = *text + strlen(prefix);

	*ret = 0;
	if (strncmp(*text, prefix, strlen(prefix)) != 0 || !take_number(&at, digits, ret))
		return false;
	*text = at;
	return true;
}

static void find_distro(const char *suffix, struct hr_release *release)
{
	release->distro = HR_DISTRO_OTHER;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (fnmatch(suffixes[i].pattern, suffix, FNM_EXTMATCH) != 0)
			continue;
		release->distro = suffixes[i].distro;
		release->span = suffixes[i].span;
		return;
	}
}

/* Debian's release string does not name the candidate or, for X.Y.0, the point release. */
static void widen_debian(bool has_patch, struct hr_release *release)
{
	if (release->patch || release->rc)
		release->span = HR_SPAN_EXACT;
	else
		release->span = has_patch ? HR_SPAN_BRANCH : HR_SPAN_CANDIDATES;
}

/* Debian puts its full version into the build string: "... Debian 7.2~rc4-1~exp1 (...)". */
static void take_debian_version(const char *version, struct hr_release *release)
{
	static const char mark[] = "Debian ";
	const char *at = strstr(version, mark);
	unsigned int major, minor, patch, rc;

	if (!at)
		return;
	at += strlen(mark);
	if (!take_number(&at, 4, &major) || !take_part(&at, ".", 4, &minor))
		return;
	take_part(&at, ".", 5, &patch);
	take_part(&at, "~rc", 3, &rc);
	/* The package's revision must follow. Without it, the number may be truncated. */
	if (*at != '-' || major != release->major || minor != release->minor)
		return;
	release->patch = patch;
	release->rc = rc;
	release->abi = 0;
	release->span = HR_SPAN_EXACT;
}

/* Others also build kernels with Debian's suffix; their version does not name a Debian release. */
static bool is_debians(const char *suffix, const char *version)
{
	return *suffix == '+' || strstr(version, "Debian ") != NULL;
}

static void see_to_debian(const char *suffix, const char *version, bool has_patch,
			  struct hr_release *release)
{
	widen_debian(has_patch, release);
	/* If the version does not begin like this, it was not read. */
	if (!version || *version != '#')
		return;
	if (release->span == HR_SPAN_EXACT && !is_debians(suffix, version))
		release->distro = HR_DISTRO_OTHER;
	else
		take_debian_version(version, release);
}

struct hr_release hr_release_parse(const char *text, const char *version)
{
	struct hr_release release = { .known = true };
	const char *suffix;
	bool has_patch;

	if (!take_number(&text, 4, &release.major) || !take_part(&text, ".", 4, &release.minor))
		return (struct hr_release){ 0 };
	has_patch = take_part(&text, ".", 5, &release.patch);
	take_part(&text, "-rc", 3, &release.rc);
	find_distro(text, &release);
	suffix = text;
	if (release.distro != HR_DISTRO_NONE && !release.rc && !release.patch)
		take_part(&text, "-", 6, &release.abi);
	if (release.distro == HR_DISTRO_DEBIAN)
		see_to_debian(suffix, version, has_patch, &release);
	if (release.distro == HR_DISTRO_UBUNTU && (!release.abi || release.abi > UBUNTU_ABI_MAX))
		release.distro = HR_DISTRO_OTHER;
	return release;
}

/* Releases of a git tree: the one it is based on, and those it may be leading to. */
static bool of_git(const struct hr_release *release, unsigned int n, struct hr_release *ret)
{
	if (n == 1 && release->rc)
		ret->rc++;
	else if (n == 1)
		ret->patch++;
	if (n < 2)
		return true;
	if (n > 2 || release->patch)
		return false;
	/* The merge window of the next release, or a tree with what is queued for it. */
	ret->minor++;
	ret->rc = 1;
	return true;
}

bool hr_release_of_span(const struct hr_release *release, unsigned int n, struct hr_release *ret)
{
	*ret = *release;
	ret->span = HR_SPAN_EXACT;
	if (release->span == HR_SPAN_EXACT)
		return !n;
	if (release->span == HR_SPAN_GIT)
		return of_git(release, n, ret);
	if (n <= CANDIDATES_MAX) {
		ret->rc = n;
		return true;
	}
	ret->patch = n - CANDIDATES_MAX;
	return release->span == HR_SPAN_BRANCH && ret->patch <= POINT_RELEASES_MAX;
}

bool hr_release_is_before(const struct hr_release *release, unsigned int major, unsigned int minor)
{
	return release->major < major || (release->major == major && release->minor < minor);
}

void hr_release_sanitize(char *buffer, size_t size, const char *text)
{
	size_t len = strnlen(text, size - 1);

	for (size_t i = 0; i < len; i++)
		buffer[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
	buffer[len] = '\0';
}
