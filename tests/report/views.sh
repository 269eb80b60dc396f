#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The views of a stored run equal their golden files; tests/report/refresh writes them anew.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

for file in "$golden"/*.txt; do
	name=$(basename "$file" .txt)
	it "prints $name as stored" same_as_golden "$name"
done
it 'has a golden file for each view' every_view_is_golden
tap_end
