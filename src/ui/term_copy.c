/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The clipboard through the terminal: OSC 52. It works through ssh, where no other way does; the
 * terminal may refuse it, and nobody tells us. tmux takes the plain form only with `set-clipboard
 * on`, the wrapped one only with `allow-passthrough on` (before 3.3: always), so it gets both.
 * screen ends a string after 256 bytes or so: there it goes in pieces, each in a DCS of its own.
 */
#include "term_local.h"

#include "perftop/base/base64.h"

#include <string.h>

enum { SCREEN_PIECE = 240 };

enum ui_mux ui_mux_of(const char *term, const char *env_tmux, const char *env_sty)
{
	if ((env_tmux && *env_tmux) || !strncmp(term, "tmux", 4))
		return UI_MUX_TMUX;
	if ((env_sty && *env_sty) || !strncmp(term, "screen", 6))
		return UI_MUX_SCREEN;
	return UI_MUX_NONE;
}

void ui_copy_add(struct pt_str *out, const char *text, size_t n, enum ui_mux mux)
{
	struct pt_str osc = PT_STR_INIT;

	pt_str_add(&osc, "\033]52;c;");
	pt_base64_add(&osc, text, n);
	pt_str_add(&osc, "\a");
	pt_str_addn(out, osc.s, osc.len);
	if (mux == UI_MUX_TMUX) { /* every Esc inside is doubled; there is one */
		pt_str_add(out, "\033Ptmux;\033");
		pt_str_addn(out, osc.s, osc.len);
		pt_str_add(out, "\033\\");
	}
	for (size_t i = 0; mux == UI_MUX_SCREEN && i < osc.len; i += SCREEN_PIECE) {
		pt_str_add(out, "\033P");
		pt_str_addn(out, osc.s + i,
			    osc.len - i < SCREEN_PIECE ? osc.len - i : SCREEN_PIECE);
		pt_str_add(out, "\033\\");
	}
	pt_str_release(&osc);
}
