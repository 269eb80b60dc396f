# SPDX-License-Identifier: GPL-2.0-or-later
# Sorts the names on stdin by how few letters must change to make them `wanted` (edit distance), nearest first.

function distance(a, b,    i, j, above, left, best) {
	for (j = 0; j <= length(b); j++)
		row[j] = j
	for (i = 1; i <= length(a); i++) {
		above = row[0]
		row[0] = i
		for (j = 1; j <= length(b); j++) {
			best = above + (substr(a, i, 1) != substr(b, j, 1))
			left = row[j - 1] + 1
			above = row[j]
			if (left < best)
				best = left
			if (above + 1 < best)
				best = above + 1
			row[j] = best
		}
	}
	return row[length(b)]
}

!seen[$0]++ { printf "%d %s\n", distance($0, wanted), $0 | "sort -n | cut -d' ' -f2-" }
