// SPDX-License-Identifier: GPL-2.0-or-later
#include "release.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What the text behind the number gives away about who built the kernel. */
static const struct {
	const char *mark;
	int distro;
} marks[] = {
	{ "+deb", HR_DISTRO_DEBIAN },	  { "+bpo", HR_DISTRO_DEBIAN },
	{ "-arm64", HR_DISTRO_DEBIAN },	  { "-cloud-arm64", HR_DISTRO_DEBIAN },
	{ "-generic", HR_DISTRO_UBUNTU }, { "-aws", HR_DISTRO_OTHER },
	{ "-azure", HR_DISTRO_OTHER },	  { "-gcp", HR_DISTRO_OTHER },
	{ "-oracle", HR_DISTRO_OTHER },	  { "-nvidia", HR_DISTRO_OTHER },
	{ ".el", HR_DISTRO_OTHER },	  { ".amzn", HR_DISTRO_OTHER },
	{ ".fc", HR_DISTRO_OTHER },	  { ".oe", HR_DISTRO_OTHER },
	{ ".an", HR_DISTRO_OTHER },	  { "-default", HR_DISTRO_OTHER },
	{ "-64kb", HR_DISTRO_OTHER },	  { ".cm2", HR_DISTRO_OTHER },
	{ ".azl", HR_DISTRO_OTHER },	  { "-cos", HR_DISTRO_OTHER },
	{ "-android", HR_DISTRO_OTHER },  { "-ack", HR_DISTRO_OTHER },
};

static void find_distro(const char *rest, struct hr_release *release)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!strstr(rest, marks[i].mark))
			continue;
		release->distro = marks[i].distro;
		return;
	}
}

/* Debian writes its full version into the build string: "... Debian 6.1.176-1 (2026-07-01)". */
static void take_debian_version(const char *version, struct hr_release *release)
{
	const char *debian = version ? strstr(version, "Debian ") : NULL;
	unsigned int major, minor, patch;

	if (!debian || sscanf(debian, "Debian %u.%u.%u", &major, &minor, &patch) != 3)
		return;
	release->distro = HR_DISTRO_DEBIAN;
	if (major != release->major || minor != release->minor)
		return;
	release->patch = patch;
	release->abi = 0;
}

struct hr_release hr_release_parse(const char *text, const char *version)
{
	struct hr_release release = { 0 };
	int used = 0;

	if (!isdigit((unsigned char)text[0]) ||
	    sscanf(text, "%4u.%4u%n", &release.major, &release.minor, &used) != 2)
		return (struct hr_release){ 0 };
	release.known = true;
	text += used;
	if (sscanf(text, ".%5u%n", &release.patch, &used) == 1)
		text += used;
	find_distro(text, &release);
	if (sscanf(text, "-rc%3u", &release.rc) != 1 && release.patch == 0)
		(void)sscanf(text, "-%6u", &release.abi);
	if (release.abi && release.distro == HR_DISTRO_NONE)
		release.distro = HR_DISTRO_OTHER;
	take_debian_version(version, &release);
	return release;
}

int hr_release_compare(const struct hr_release *release, unsigned int major, unsigned int minor,
		       unsigned int patch)
{
	if (release->major != major)
		return release->major < major ? -1 : 1;
	if (release->minor != minor)
		return release->minor < minor ? -1 : 1;
	if (release->patch != patch)
		return release->patch < patch ? -1 : 1;
	return release->rc ? -1 : 0;
}

void hr_release_sanitize(char *buffer, size_t size, const char *text)
{
	size_t len = strnlen(text, size - 1);

	for (size_t i = 0; i < len; i++)
		buffer[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
	buffer[len] = '\0';
}
