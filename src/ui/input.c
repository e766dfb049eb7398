/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes become events. Everything passes through a small buffer: parse_one looks at its beginning
 * and says how many bytes it has used up, or none when it needs more. So it does not matter where
 * a read cut a sequence. What a terminal answers to a question (DA, CPR, OSC, DCS) is skipped.
 *
 * Silence decides three things: a lone Esc is the key; Esc followed by one of `[ O P ] _ ^ X` alone
 * is Alt and that key; a reply that has stalled twice is given up, so that one which lost its end
 * cannot eat what is typed. A longer piece of a sequence waits: nobody types `Esc [ 1` in 25 ms,
 * but a slow line may well cut there.
 */
#include "perftop/ui/input.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <string.h>

enum {
	ESC = 0x1B,
	BEL = 0x07,
	CSI_MAX = 64,	     /* longer ones are skipped up to their final byte */
	SWALLOW_MAX = 4096,  /* bytes of one reply */
	SKIP_STRING = 1,     /* in OSC, DCS, APC, PM, SOS: until ST or BEL */
	SKIP_STRING_ESC = 2, /* there, and Esc was seen */
	SKIP_CSI = 4,	     /* in a CSI that is too long: until its final byte */
	SKIP_SILENT = 8,     /* the reply has stalled once */
	PARAMS = 6,
};

static const char paste_end[] = "\033[201~";

struct sink {
	void (*fn)(void *arg, const struct ui_event *event);
	void *arg;
};

static void emit(const struct sink *sink, const struct ui_event *event)
{
	sink->fn(sink->arg, event);
}

static void emit_key(const struct sink *sink, uint32_t key)
{
	if (key != UI_KEY_NONE)
		emit(sink, &(struct ui_event){.type = UI_EVENT_KEY, .key = key});
}

/* ---- keys ---- */

/* Modifier parameter as xterm counts: 1 + shift + 2 alt + 4 ctrl. */
static uint32_t mods_of(int param)
{
	int bits = param > 1 ? param - 1 : 0;

	return (bits & 1 ? UI_KEY_SHIFT : 0) | (bits & 2 ? UI_KEY_ALT : 0) |
	       (bits & 4 ? UI_KEY_CTRL : 0);
}

static uint32_t special(uint32_t key, uint32_t mods)
{
	if (key == UI_KEY_NONE)
		return key;
	if (key == UI_KEY_BACKTAB || (key == UI_KEY_TAB && (mods & UI_KEY_SHIFT)))
		return UI_KEY_BACKTAB | (mods & ~(uint32_t)UI_KEY_SHIFT);
	return key | mods;
}

/* A code point with modifiers, as CSI u and modifyOtherKeys send it, as if it had been typed. */
static uint32_t typed(int code, uint32_t mods)
{
	uint32_t key = (uint32_t)code;

	if (code == '\b')
		key = UI_KEY_BACKSPACE;
	if (key == UI_KEY_ENTER || key == UI_KEY_TAB || key == UI_KEY_ESC ||
	    key == UI_KEY_BACKSPACE)
		return special(key, mods);
	if (code < ' ' || (code >= 0x7F && code < 0xA0) || code > 0x10FFFF)
		return UI_KEY_NONE;
	if (code >= 0xD800 && code <= 0xF8FF)
		return UI_KEY_NONE; /* surrogates; the private area holds kitty's lone modifiers */
	if ((mods & UI_KEY_SHIFT) && code >= 'a' && code <= 'z')
		key -= 'a' - 'A';
	if (mods & UI_KEY_CTRL) {
		if (code < 'A' || code > 'z' || code == '`')
			return UI_KEY_NONE; /* C-1 is not 1 */
		key = UI_CTRL(key) == '\b' ? UI_KEY_BACKSPACE : UI_CTRL(key);
	}
	return key | (mods & UI_KEY_ALT);
}

static uint32_t letter_key(unsigned char final)
{
	switch (final) {
	case 'A': return UI_KEY_UP;
	case 'B': return UI_KEY_DOWN;
	case 'C': return UI_KEY_RIGHT;
	case 'D': return UI_KEY_LEFT;
	case 'F': return UI_KEY_END;
	case 'H': return UI_KEY_HOME;
	case 'Z': return UI_KEY_BACKTAB;
	}
	if (final >= 'P' && final <= 'S')
		return UI_KEY_F1 + (final - 'P');
	return UI_KEY_NONE;
}

/* CSI n ~, the numbers of the VT220 and those who followed; 25.. are the linux console's shifted
 * function keys. */
static uint32_t tilde_key(int n)
{
	static const uint32_t keys[] = {
		[1] = UI_KEY_HOME,
		[2] = UI_KEY_INS,
		[3] = UI_KEY_DEL,
		[4] = UI_KEY_END,
		[5] = UI_KEY_PGUP,
		[6] = UI_KEY_PGDN,
		[7] = UI_KEY_HOME,
		[8] = UI_KEY_END,
		[11] = UI_KEY_F1,
		[12] = UI_KEY_F1 + 1,
		[13] = UI_KEY_F1 + 2,
		[14] = UI_KEY_F1 + 3,
		[15] = UI_KEY_F1 + 4,
		[17] = UI_KEY_F1 + 5,
		[18] = UI_KEY_F1 + 6,
		[19] = UI_KEY_F1 + 7,
		[20] = UI_KEY_F1 + 8,
		[21] = UI_KEY_F1 + 9,
		[23] = UI_KEY_F1 + 10,
		[24] = UI_KEY_F1 + 11,
		[25] = UI_KEY_F1 | UI_KEY_SHIFT,
		[26] = (UI_KEY_F1 + 1) | UI_KEY_SHIFT,
		[28] = (UI_KEY_F1 + 2) | UI_KEY_SHIFT,
		[29] = (UI_KEY_F1 + 3) | UI_KEY_SHIFT,
		[31] = (UI_KEY_F1 + 4) | UI_KEY_SHIFT,
		[32] = (UI_KEY_F1 + 5) | UI_KEY_SHIFT,
		[33] = (UI_KEY_F1 + 6) | UI_KEY_SHIFT,
		[34] = (UI_KEY_F1 + 7) | UI_KEY_SHIFT,
	};

	return n >= 0 && n < (int)PT_LEN(keys) ? keys[n] : UI_KEY_NONE;
}

/* Keypad in application mode and the rest of SS3. */
static uint32_t ss3_key(unsigned char final)
{
	if (final >= 'p' && final <= 'y')
		return (uint32_t)('0' + (final - 'p'));
	if (final >= 'j' && final <= 'o')
		return (uint32_t) "*+,-./"[final - 'j'];
	if (final >= 'a' && final <= 'd') /* rxvt: control and arrow */
		return letter_key((unsigned char)(final - 'a' + 'A')) | UI_KEY_CTRL;
	switch (final) {
	case 'M': return UI_KEY_ENTER;
	case 'I': return UI_KEY_TAB;
	case 'X': return '=';
	case ' ': return ' ';
	}
	return letter_key(final);
}

/* ---- mouse ---- */

static void emit_mouse(const struct sink *sink, int code, int x, int y, bool press)
{
	struct ui_event event = {.type = UI_EVENT_CLICK, .x = x, .y = y};

	event.mods = (code & 4 ? UI_KEY_SHIFT : 0) | (code & 8 ? UI_KEY_ALT : 0) |
		     (code & 16 ? UI_KEY_CTRL : 0);
	if (!press || x < 0 || y < 0 || (code & ~0x5F) != 0)
		return; /* releases, motion and buttons beyond the wheel mean nothing here */
	if (code & 0x40) {
		if ((code & 3) > 1)
			return; /* sideways */
		event.type = UI_EVENT_WHEEL;
		event.key = (code & 3) == 0 ? (uint32_t)-1 : 1;
	} else {
		event.button = code & 3;
		if (event.button == 3)
			return; /* X10's release */
	}
	emit(sink, &event);
}

/* ---- CSI ---- */

struct csi {
	unsigned char prefix; /* one of <=>? or 0 */
	unsigned char middle; /* last intermediate byte or 0 */
	unsigned char final;
	int params[PARAMS]; /* -1: left out */
	int n_params;
	int sub; /* second part of the second parameter: kitty's event type */
};

static int number_add(int value, unsigned char digit)
{
	if (value < 0)
		value = 0;
	return value > 99999999 ? value : value * 10 + (digit - '0');
}

/* Parameters are the bytes up to end. Sub-parameters (`:`) are skipped but for csi->sub. */
static void csi_params(struct csi *csi, const unsigned char *p, const unsigned char *end)
{
	int part = 0;

	for (int i = 0; i < PARAMS; i++)
		csi->params[i] = -1;
	csi->n_params = 1;
	csi->sub = -1;
	for (; p < end; p++) {
		int i = csi->n_params - 1;

		if (*p == ';') {
			part = 0;
			csi->n_params += csi->n_params < PARAMS;
		} else if (*p == ':') {
			part++;
		} else if (*p >= '0' && *p <= '9' && part == 0) {
			csi->params[i] = number_add(csi->params[i], *p);
		} else if (*p >= '0' && *p <= '9' && part == 1 && i == 1) {
			csi->sub = number_add(csi->sub, *p);
		}
	}
}

static void csi_tilde(struct ui_input *in, const struct sink *sink, const struct csi *csi,
		      uint32_t extra)
{
	if (csi->params[0] == 200)
		in->in_paste = true;
	else if (csi->params[0] == 27 && csi->n_params >= 3)
		emit_key(sink, typed(csi->params[2], mods_of(csi->params[1]) | extra));
	else
		emit_key(sink, special(tilde_key(csi->params[0]), mods_of(csi->params[1]) | extra));
}

/* Acts on a whole CSI. alt: an Esc stood before it. */
static void csi_act(struct ui_input *in, const struct sink *sink, const struct csi *csi, bool alt)
{
	uint32_t extra = alt ? UI_KEY_ALT : 0;
	uint32_t mods = mods_of(csi->params[1]) | extra;

	if (csi->prefix == '<' && (csi->final == 'M' || csi->final == 'm'))
		emit_mouse(sink, csi->params[0], csi->params[1] - 1, csi->params[2] - 1,
			   csi->final == 'M');
	if (csi->prefix || csi->middle)
		return; /* replies: DA, DECRPM and their kind */
	switch (csi->final) {
	case '~': csi_tilde(in, sink, csi, extra); return;
	case '^': csi_tilde(in, sink, csi, extra | UI_KEY_CTRL); return;
	case '$': csi_tilde(in, sink, csi, extra | UI_KEY_SHIFT); return;
	case '@': csi_tilde(in, sink, csi, extra | UI_KEY_CTRL | UI_KEY_SHIFT); return;
	case 'u':
		if (csi->sub != 3) /* a key that is let go */
			emit_key(sink, typed(csi->params[0], mods));
		return;
	case 'I':
	case 'O':
		emit(sink, &(struct ui_event){.type = UI_EVENT_FOCUS, .key = csi->final == 'I'});
		return;
	case 'R': /* F3 with a modifier, or the answer to a question that we do not ask */
		if (csi->params[0] != 1 || csi->params[1] < 2 || csi->params[1] > 8)
			return;
		break;
	}
	if (csi->final >= 'a' && csi->final <= 'd') /* rxvt: shift and arrow */
		emit_key(sink, letter_key((unsigned char)(csi->final - 'a' + 'A')) | UI_KEY_SHIFT |
				       extra);
	else
		emit_key(sink, special(letter_key(csi->final), mods));
}

/* p is at the byte after `Esc [`, used the number of bytes before it. Returns bytes of the whole,
 * 0 for more. */
static size_t parse_csi(struct ui_input *in, const struct sink *sink, const unsigned char *p,
			size_t n, size_t used)
{
	struct csi csi = {0};
	size_t i = 0, body;

	n = PT_MIN(n, CSI_MAX + 1 - used); /* however it was cut, the same is too long */
	if (n > 0 && p[0] == '[') {	   /* linux console: F1 to F5 are Esc [ [ A.. */
		if (n > 1 && p[1] >= 'A' && p[1] <= 'E')
			emit_key(sink, UI_KEY_F1 + (uint32_t)(p[1] - 'A'));
		return n > 1 ? used + 2 : 0;
	}
	if (n > 0 && p[0] == 'M') { /* X10 mouse: button, x and y, a byte each */
		for (i = 1; i < n && i <= 3; i++)
			if (p[i] < 0x20)
				return used + i; /* not a mouse after all */
		if (n < 4)
			return 0;
		emit_mouse(sink, p[1] - 0x20, p[2] - 0x21, p[3] - 0x21, true);
		return used + 4;
	}
	if (n > 0 && p[0] >= '<' && p[0] <= '?')
		csi.prefix = p[i++];
	for (body = i; i < n && p[i] >= 0x30 && p[i] <= 0x3F; i++)
		;
	csi_params(&csi, p + body, p + i);
	for (; i < n && p[i] >= 0x20 && p[i] <= 0x2F; i++) {
		if (p[i] == '$' && !csi.prefix && i > body && csi.n_params == 1) { /* rxvt */
			csi.final = p[i];
			csi_act(in, sink, &csi, used > 2);
			return used + i + 1;
		}
		csi.middle = p[i];
	}
	if (i == n) {
		if (used + n <= CSI_MAX)
			return 0;
		in->swallow = SKIP_CSI;
		in->swallowed = 0;
		return used + n;
	}
	if (p[i] < 0x40 || p[i] > 0x7E)
		return used + i; /* broken off: what stands there is looked at anew */
	csi.final = p[i];
	csi_act(in, sink, &csi, used > 2);
	return used + i + 1;
}

/* ---- the rest ---- */

static size_t parse_ss3(const struct sink *sink, const unsigned char *p, size_t n, size_t used)
{
	uint32_t mods = used > 2 ? UI_KEY_ALT : 0;
	size_t i = 0;

	if (n > 0 && p[0] >= '1' && p[0] <= '8')
		mods |= mods_of(p[i++] - '0');
	if (i == n)
		return 0;
	if (p[i] < 0x20 || p[i] > 0x7E)
		return used + i;
	emit_key(sink, special(ss3_key(p[i]), mods));
	return used + i + 1;
}

/* One character of UTF-8 or a control key. mods: UI_KEY_ALT or 0. */
static size_t parse_char(const struct sink *sink, const unsigned char *p, size_t n, uint32_t mods)
{
	size_t need = p[0] < 0xC2 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 1;
	char text[5] = "";
	const char *s = text;
	uint32_t cp;

	if (p[0] < 0x80) {
		emit_key(sink, p[0] == '\b' ? UI_KEY_BACKSPACE | mods
			       : p[0]	    ? p[0] | mods
					    : UI_KEY_NONE);
		return 1;
	}
	for (size_t i = 1; i < need; i++) {
		if (i >= n)
			return 0;
		if ((p[i] & 0xC0) != 0x80)
			return 1; /* broken: skipped, the next byte is looked at anew */
	}
	memcpy(text, p, need);
	cp = pt_utf8_next(&s);
	if ((size_t)(s - text) != need)
		return 1;
	if (cp >= 0xA0 && (cp < 0xDC80 || cp > 0xDCFF))
		emit_key(sink, cp | mods);
	return need;
}

static bool starts_string(unsigned char c)
{
	return c == 'P' || c == ']' || c == '_' || c == '^' || c == 'X';
}

static size_t parse_esc(struct ui_input *in, const struct sink *sink, const unsigned char *p,
			size_t n)
{
	size_t used;

	if (n < 2)
		return 0;
	if (starts_string(p[1])) {
		if (n < 3)
			return 0; /* Alt and that key, if nothing follows */
		in->swallow = SKIP_STRING;
		in->swallowed = 0;
		return 2;
	}
	if (p[1] == ESC) { /* Alt before a sequence, as rxvt sends it; or the key, twice */
		if (n < 3)
			return 0;
		if (p[2] != '[' && p[2] != 'O') {
			emit_key(sink, UI_KEY_ESC);
			return 1;
		}
	}
	used = p[1] == ESC ? 3 : 2;
	if (p[used - 1] == '[')
		return parse_csi(in, sink, p + used, n - used, used);
	if (p[used - 1] == 'O')
		return parse_ss3(sink, p + used, n - used, used);
	used = parse_char(sink, p + 1, n - 1, UI_KEY_ALT);
	return used ? used + 1 : 0;
}

/* Skips what belongs to a reply. Returns bytes used; in->swallow is 0 at its end. */
static size_t parse_swallow(struct ui_input *in, unsigned char c)
{
	if (++in->swallowed > SWALLOW_MAX) {
		in->swallow = 0;
		return 0;
	}
	if (in->swallow & SKIP_CSI) {
		if (c >= 0x20 && c <= 0x3F)
			return 1;
		in->swallow = 0;
		return c >= 0x40 && c <= 0x7E ? 1 : 0;
	}
	if (in->swallow & SKIP_STRING_ESC) { /* ST, or a sequence that broke the reply off */
		in->swallow = 0;
		if (c == '\\')
			return 1;
		memmove(in->buf + 1, in->buf, in->n);
		in->buf[0] = ESC;
		in->n++;
		return 0;
	}
	if (c == ESC)
		in->swallow = SKIP_STRING_ESC;
	else if (c == BEL)
		in->swallow = 0;
	else if (c < 0x20) {
		in->swallow = 0; /* no reply holds a control: somebody types */
		return 0;
	}
	return 1;
}

/* Bytes at the end of a piece that may be the beginning of the paste's end, or of a character. */
static size_t paste_hold(const unsigned char *p, size_t n)
{
	for (size_t k = PT_MIN(n, sizeof paste_end - 2); k > 0; k--)
		if (!memcmp(p + n - k, paste_end, k))
			return k;
	for (size_t k = 1; k <= 3 && k <= n; k++) {
		unsigned char c = p[n - k];

		if ((c & 0xC0) != 0x80) {
			size_t need = c < 0xC2 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

			return need > k ? k : 0;
		}
	}
	return 0;
}

static size_t parse_paste(struct ui_input *in, const struct sink *sink, const unsigned char *p,
			  size_t n)
{
	const unsigned char *end = memmem(p, n, paste_end, sizeof paste_end - 1);
	size_t len = end ? (size_t)(end - p) : n - paste_hold(p, n);

	if (len > 0)
		emit(sink, &(struct ui_event){.type = UI_EVENT_PASTE,
					      .text = (const char *)p,
					      .text_len = len});
	if (!end)
		return len;
	in->in_paste = false;
	return len + sizeof paste_end - 1;
}

static void drop(struct ui_input *in, size_t n)
{
	in->n -= n;
	memmove(in->buf, in->buf + n, in->n);
}

/* Parses what is in the buffer, as far as it goes. */
static void parse(struct ui_input *in, const struct sink *sink)
{
	while (in->n > 0) {
		size_t used;

		if (in->swallow) {
			drop(in, parse_swallow(in, in->buf[0]));
			continue; /* using up none, it has ended the reply */
		}
		used = in->in_paste	   ? parse_paste(in, sink, in->buf, in->n)
		       : in->buf[0] == ESC ? parse_esc(in, sink, in->buf, in->n)
					   : parse_char(sink, in->buf, in->n, 0);
		if (!used)
			return;
		drop(in, used);
	}
}

void ui_input_init(struct ui_input *in)
{
	memset(in, 0, sizeof *in);
}

/* Silence means something: see the top. */
static bool is_waiting(const struct ui_input *in)
{
	if (in->swallow)
		return true;
	if (in->in_paste || !in->n || in->buf[0] != ESC)
		return false;
	return in->n == 1 || (in->n == 2 && in->buf[1] < 0x80);
}

bool ui_input_feed(struct ui_input *in, const unsigned char *bytes, size_t n,
		   void (*fn)(void *arg, const struct ui_event *event), void *arg)
{
	struct sink sink = {fn, arg};

	while (n > 0) {
		/* One byte stays free: parse_swallow may put an Esc back. */
		size_t take = PT_MIN(n, sizeof in->buf - 1 - in->n);

		memcpy(in->buf + in->n, bytes, take);
		in->n += take;
		bytes += take;
		n -= take;
		parse(in, &sink);
	}
	return is_waiting(in);
}

void ui_input_timeout(struct ui_input *in, void (*fn)(void *arg, const struct ui_event *event),
		      void *arg)
{
	struct sink sink = {fn, arg};
	unsigned char second = in->n == 2 ? in->buf[1] : 0;

	if (!is_waiting(in))
		return;
	if (in->swallow) {
		if (in->swallow & SKIP_SILENT)
			in->swallow = 0;
		else
			in->swallow |= SKIP_SILENT;
		return;
	}
	if (in->n == 2 && second != ESC)
		emit_key(&sink, second | UI_KEY_ALT);
	else
		for (size_t i = 0; i < in->n && in->buf[i] == ESC; i++)
			emit_key(&sink, UI_KEY_ESC);
	in->n = 0;
}
