/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many slips of the finger lie between two words: for guesses at what somebody meant. */
#include "perftop/base/text.h"

#include "perftop/base/mem.h"

#include <string.h>

enum { WORD_MAX = 63 };

static unsigned char fold(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

size_t pt_text_distance(const char *a, const char *b)
{
	/* Three rows of the table: the optimal alignment distance looks two rows back. */
	size_t rows[3][WORD_MAX + 1], n = strlen(a), m = strlen(b);

	if (n > WORD_MAX || m > WORD_MAX)
		return PT_MAX(n, m);
	for (size_t k = 0; k <= m; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= n; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t k = 1; k <= m; k++) {
			size_t d = above[k - 1] + (fold(a[i - 1]) != fold(b[k - 1]));

			d = PT_MIN(d, PT_MIN(above[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && fold(a[i - 1]) == fold(b[k - 2]) &&
			    fold(a[i - 2]) == fold(b[k - 1]))
				d = PT_MIN(d, two[k - 2] + 1);
			row[k] = d;
		}
	}
	return rows[n % 3][m];
}
