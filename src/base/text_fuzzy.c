/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzy matching in the manner of fzf: the characters of the pattern appear in order in the text,
 * and of all ways to place them the best-scoring one is found by dynamic programming. best[i][j] is
 * the score of the first i + 1 pattern characters when the last of them stands at text position j;
 * from[i][j] says where the one before it stood.
 */
#include "perftop/base/text.h"

#include "perftop/base/mem.h"

#include <stdbool.h>
#include <string.h>
#include <wctype.h>

enum {
	MAX_TEXT = 2048, /* characters looked at: a command line, not a book */
	MAX_PATTERN = 64,
	SCORE_HIT = 16,
	SCORE_FOLLOWS = 12,    /* next to the hit before */
	SCORE_WORD_START = 10, /* after a separator, or at a capital */
	SCORE_GAP = -1,	       /* each character between two hits */
	GAP_MAX = 8,	       /* more of them cost no more */
	UNREACHED = -1,
};

struct glyph {
	uint32_t cp; /* folded */
	int offset;  /* bytes */
	bool word_start;
};

static uint32_t fold(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	return (uint32_t)towlower((wint_t)cp);
}

static bool is_word(uint32_t cp)
{
	return cp >= 0x80 || (cp >= '0' && cp <= '9') || (fold(cp) >= 'a' && fold(cp) <= 'z');
}

static int glyphs_read(struct glyph *glyphs, int max, const char *s)
{
	const char *start = s;
	uint32_t cp, before = ' ';
	int n = 0;

	while (n < max) {
		int offset = (int)(s - start);

		cp = pt_utf8_next(&s);
		if (!cp)
			break;
		glyphs[n++] = (struct glyph){
			.cp = fold(cp),
			.offset = offset,
			.word_start = is_word(cp) && (!is_word(before) ||
						      (fold(cp) != cp && fold(before) == before)),
		};
		before = cp;
	}
	return n;
}

/* Cheap test that rejects most candidates before anything is allocated. */
static bool is_subsequence(const struct glyph *pattern, int m, const char *text)
{
	uint32_t cp;
	int i = 0;

	for (int n = 0; i < m && n < MAX_TEXT && (cp = pt_utf8_next(&text)); n++)
		i += fold(cp) == pattern[i].cp;
	return i == m;
}

/* One row of the table: all places of pattern character i, given the row of the one before. */
static void fuzzy_row(const struct glyph *pattern, int i, const struct glyph *text, int n,
		      const int *above, int *row, short *from)
{
	int lead = UNREACHED; /* best score above, gap to here charged */
	int lead_at = -1;

	for (int j = 0; j < n; j++) {
		int hit = SCORE_HIT + (text[j].word_start ? SCORE_WORD_START : 0);

		row[j] = UNREACHED;
		if (j && i) {
			if (lead_at >= 0 && j - lead_at <= GAP_MAX + 1)
				lead += SCORE_GAP;
			if (above[j - 1] != UNREACHED && (lead_at < 0 || above[j - 1] >= lead)) {
				lead = above[j - 1];
				lead_at = j - 1;
			}
		}
		if (text[j].cp != pattern[i].cp || (i && lead_at < 0))
			continue;
		row[j] = i ? lead + hit : hit;
		from[j] = (short)lead_at;
		if (i && above[j - 1] != UNREACHED && above[j - 1] + SCORE_FOLLOWS >= lead) {
			row[j] = above[j - 1] + SCORE_FOLLOWS + hit;
			from[j] = (short)(j - 1);
		}
	}
}

static int fuzzy_table(const struct glyph *pattern, int m, const struct glyph *text, int n,
		       int *pos, int max)
{
	int *best = pt_calloc((size_t)n * 2, sizeof *best);
	short *from = pt_calloc((size_t)n * (size_t)m, sizeof *from);
	int *row = best, *above = best + n;
	int at = 0, score;

	for (int i = 0; i < m; i++) {
		int *swap = row;

		row = above;
		above = swap;
		fuzzy_row(pattern, i, text, n, above, row, from + (size_t)i * (size_t)n);
	}
	for (int j = 1; j < n; j++)
		if (row[j] > row[at])
			at = j;
	score = row[at];
	for (int i = m - 1; i >= 0; at = from[(size_t)i * (size_t)n + (size_t)at], i--)
		if (i < max)
			pos[i] = text[at].offset;
	free(best);
	free(from);
	return PT_MAX(score, 1);
}

bool pt_text_fuzzy_match(const char *pattern, const char *text)
{
	struct glyph wanted[MAX_PATTERN + 1];
	int m = glyphs_read(wanted, MAX_PATTERN + 1, pattern);

	return m <= MAX_PATTERN && is_subsequence(wanted, m, text);
}

int pt_text_fuzzy(const char *pattern, const char *text, int *pos, int max)
{
	struct glyph wanted[MAX_PATTERN + 1];
	int m = glyphs_read(wanted, MAX_PATTERN + 1, pattern);
	struct glyph *glyphs;
	int n, score;

	if (!m)
		return 1; /* nothing asked: everything matches */
	if (m > MAX_PATTERN || !is_subsequence(wanted, m, text))
		return 0;
	n = (int)PT_MIN(strlen(text), (size_t)MAX_TEXT);
	glyphs = pt_calloc((size_t)n, sizeof *glyphs);
	n = glyphs_read(glyphs, n, text);
	score = fuzzy_table(wanted, m, glyphs, n, pos, max);
	free(glyphs);
	return score;
}
