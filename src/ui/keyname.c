/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of keys, as the configuration writes them and the help shows them: modifiers `C-`, `M-`,
 * `S-` and then one character or a name of the table. A terminal cannot send every combination:
 * what it cannot is refused here, so that nobody binds a key that never comes.
 */
#include "perftop/base/err.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/ui/input.h"

#include <string.h>
#include <strings.h>

/* The first name of a key is the one shown. */
static const struct {
	const char *name;
	uint32_t key;
} names[] = {
	{"Enter", UI_KEY_ENTER},
	{"Return", UI_KEY_ENTER},
	{"Tab", UI_KEY_TAB},
	{"Esc", UI_KEY_ESC},
	{"Escape", UI_KEY_ESC},
	{"Space", ' '},
	{"Backspace", UI_KEY_BACKSPACE},
	{"BS", UI_KEY_BACKSPACE},
	{"Up", UI_KEY_UP},
	{"Down", UI_KEY_DOWN},
	{"Left", UI_KEY_LEFT},
	{"Right", UI_KEY_RIGHT},
	{"Home", UI_KEY_HOME},
	{"End", UI_KEY_END},
	{"PgUp", UI_KEY_PGUP},
	{"PageUp", UI_KEY_PGUP},
	{"PgDn", UI_KEY_PGDN},
	{"PageDown", UI_KEY_PGDN},
	{"Ins", UI_KEY_INS},
	{"Insert", UI_KEY_INS},
	{"Del", UI_KEY_DEL},
	{"Delete", UI_KEY_DEL},
	{"S-Tab", UI_KEY_BACKTAB},
};

static int parse_base(const char *s, uint32_t *ret)
{
	const char *end = s;
	long long n;

	for (size_t i = 0; i < PT_LEN(names); i++) {
		if (!strcasecmp(s, names[i].name)) {
			*ret = names[i].key;
			return 0;
		}
	}
	if ((*s == 'F' || *s == 'f') && s[1] != '0' && !pt_parse_i64(s + 1, 1, 12, &n)) {
		*ret = UI_KEY_F1 + (uint32_t)(n - 1);
		return 0;
	}
	*ret = pt_utf8_next(&end);
	if (*end || *ret <= ' ' || *ret == 0x7F || (*ret >= 0xDC80 && *ret <= 0xDCFF))
		return -PT_ESYNTAX;
	return 0;
}

static bool is_special(uint32_t base)
{
	return base > 0x10FFFF || base == UI_KEY_ENTER || base == UI_KEY_TAB ||
	       base == UI_KEY_ESC || base == UI_KEY_BACKSPACE;
}

int ui_key_parse(const char *name, uint32_t *ret)
{
	uint32_t mods = 0, key;

	for (; name[0] && name[1] == '-' && name[2]; name += 2) {
		uint32_t mod = name[0] == 'C'	? UI_KEY_CTRL
			       : name[0] == 'M' ? UI_KEY_ALT
			       : name[0] == 'S' ? UI_KEY_SHIFT
						: 0;

		if (!mod || (mods & mod))
			return -PT_ESYNTAX;
		mods |= mod;
	}
	if (parse_base(name, &key))
		return -PT_ESYNTAX;
	if (key == UI_KEY_TAB && (mods & UI_KEY_SHIFT)) {
		key = UI_KEY_BACKTAB;
		mods &= ~(uint32_t)UI_KEY_SHIFT;
	}
	if (!is_special(key) && (mods & UI_KEY_SHIFT))
		return -PT_ESYNTAX; /* S-a is A */
	if (!is_special(key) && (mods & UI_KEY_CTRL)) {
		if (key < '?' || key > 'z' || key == '`' || key == '@')
			return -PT_ESYNTAX; /* terminals know C-a .. C-z and C-[ \ ] ^ _ ? */
		key = key == '?' || UI_CTRL(key) == '\b' ? UI_KEY_BACKSPACE : UI_CTRL(key);
		mods &= ~(uint32_t)UI_KEY_CTRL;
	}
	*ret = key | mods;
	return 0;
}

const char *ui_key_name(uint32_t key, char *buf, size_t size)
{
	uint32_t base = key & 0x1FFFFF;
	const char *control = "", *name = NULL;
	char text[8] = "";

	for (size_t i = 0; i < PT_LEN(names) && !name; i++)
		if (names[i].key == base)
			name = names[i].name;
	if (!name && base >= UI_KEY_F1 && base <= UI_KEY_F12) {
		pt_snprintf(text, sizeof text, "F%u", (unsigned)(base - UI_KEY_F1 + 1));
	} else if (!name && base < ' ') {
		control = "C-";
		text[0] = (char)(base >= 1 && base <= 26 ? base + 'a' - 1 : base + '@');
	} else if (!name) {
		pt_utf8_put(text, base <= 0x10FFFF ? base : '?');
	}
	pt_snprintf(buf, size, "%s%s%s%s%s", key & UI_KEY_CTRL ? "C-" : "",
		    key & UI_KEY_ALT ? "M-" : "", key & UI_KEY_SHIFT ? "S-" : "", control,
		    name ? name : text);
	return buf;
}
