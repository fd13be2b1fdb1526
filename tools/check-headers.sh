#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every file that can carry one has an SPDX line at its top.
set -eu
cd "$(dirname "$0")/.."

status=0
for file in $(git ls-files | grep -vE '(^LICENSE|\.abi|\.json|\.xz|\.txt|^\.gitignore)$|^tests/fuzz/(corpus|regressions)/'); do
	head -3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' && continue
	echo "$file: no SPDX line" >&2
	status=1
done
exit $status
