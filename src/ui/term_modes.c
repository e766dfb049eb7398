/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line to the terminal and the modes that we switch on in it. The terminal is opened anew, so
 * that O_NONBLOCK is ours alone: on the inherited descriptor it would be the shell's too. curses
 * switches nothing on or off: entering and leaving are two strings made at the start, the same for
 * an orderly end, Ctrl-Z and a crash.
 *
 * A connection that dropped while some program had the terminal leaves mouse reports or a missing
 * line wrap behind, so entering resets those first.
 */
#include "term_local.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

enum { LEAVE_MS = 100 };

int ui_tty_open(void)
{
	const int flags = O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	const int inherited[] = {STDOUT_FILENO, STDIN_FILENO};
	int fd = open("/dev/tty", flags);

	for (size_t i = 0; fd < 0 && i < PT_LEN(inherited); i++) {
		char name[128];

		if (isatty(inherited[i]) && !ttyname_r(inherited[i], name, sizeof name))
			fd = open(name, flags);
	}
	return fd < 0 ? -PT_ENOENT : fd;
}

int ui_tty_raw(int fd, struct termios *ret_saved)
{
	struct termios raw;

	if (tcgetattr(fd, ret_saved))
		return -PT_EIO;
	raw = *ret_saved;
	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | IGNCR | INLCR | ISTRIP | IXON | PARMRK);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(fd, TCSANOW, &raw) ? -PT_EIO : 0;
}

/* True when everything went out. Only what a signal handler may call. */
static bool write_within(int fd, const char *bytes, size_t n, int rounds)
{
	while (n > 0) {
		ssize_t k = write(fd, bytes, n);

		if (k > 0) {
			bytes += k;
			n -= (size_t)k;
		} else if (k < 0 && errno == EAGAIN && rounds-- > 0) {
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, LEAVE_MS / 10);
		} else if (k == 0 || errno != EINTR) {
			return false;
		}
	}
	return true;
}

void ui_tty_leave(int fd, const char *bytes, size_t n, const struct termios *saved)
{
	if (tcgetpgrp(fd) != getpgrp())
		return; /* in the background a tcsetattr would stop us; or it has hung up */
	if (!write_within(fd, bytes, n, 10)) {
		tcflush(fd, TCOFLUSH);
		write_within(fd, bytes, n, 0);
	}
	tcsetattr(fd, TCSANOW, saved);
}

void ui_tty_size(int fd, int *ret_w, int *ret_h)
{
	struct winsize ws;

	*ret_w = 80;
	*ret_h = 24;
	if (ioctl(fd, TIOCGWINSZ, &ws) || !ws.ws_col || !ws.ws_row)
		return;
	*ret_w = PT_MIN(ws.ws_col, 2000);
	*ret_h = PT_MIN(ws.ws_row, 1000);
}

/* ---- terminfo ---- */

int ui_terminfo_check(const char *term, int fd)
{
	int why = 0, code;

	if (setupterm(term, fd, &why) == ERR)
		return why == 1 ? -PT_ENOTSUP : -PT_ENOENT; /* 1: prints on paper */
	code = ui_cap("cup") ? 0 : -PT_ENOTSUP;
	del_curterm(cur_term);
	return code;
}

const char *ui_cap(const char *name)
{
	const char *s = tigetstr(name);

	return s && s != (const char *)-1 && *s ? s : NULL;
}

void ui_cap_add(struct pt_str *out, const char *cap, int a, int b)
{
	const char *s = cap ? tiparm(cap, a, b) : NULL;

	for (; s && *s; s++) {
		const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;

		if (end)
			s = end;
		else
			pt_str_addc(out, *s);
	}
}

static void add(struct pt_str *out, const char *name)
{
	ui_cap_add(out, ui_cap(name), 0, 0);
}

/* XT is set by xterm and what is like it; tmux, screen and rxvt only tell of their mouse, and so
 * does the linux console, for gpm. */
static bool is_modern(const char *term)
{
	return tigetflag("XT") > 0 || (ui_cap("kmous") && strncmp(term, "linux", 5));
}

/* Whatever a program before us may have left on; after a crash, ourselves. */
static void add_plain(struct pt_str *out, bool modern)
{
	if (modern) /* first ends a string that was cut off */
		pt_str_add(out, "\033\\\033[?2026l\033[?1000;1002;1003;1005;1006;1015l"
				"\033[?1004l\033[?2004l");
	add(out, "sgr0");
	add(out, "op");
	add(out, "rmacs");
	add(out, "rmkx");
	add(out, "rmir");
}

void ui_modes_init(struct ui_modes *modes, const char *term)
{
	const char *home = ui_cap("cup");
	bool alternate = ui_cap("smcup") && ui_cap("rmcup");

	modes->modern = is_modern(term);
	add_plain(&modes->enter, modes->modern);
	if (modes->modern)
		pt_str_add(&modes->enter, "\033[22;2t");
	add(&modes->enter, "smcup");
	if (modes->modern) /* margins, origin: these move the cursor, so not on the main screen */
		pt_str_add(&modes->enter, "\033[?69l\033[?6l\033[r");
	add(&modes->enter, "smam");
	add(&modes->enter, "civis");
	if (modes->modern)
		pt_str_add(&modes->enter, "\033[?2004h\033[?1004h");

	add_plain(&modes->leave, modes->modern);
	add(&modes->leave, "cnorm");
	if (modes->modern)
		pt_str_add(&modes->leave, "\033[23;2t");
	if (alternate) {
		add(&modes->leave, "rmcup");
	} else { /* the last picture stays, the prompt comes below */
		ui_cap_add(&modes->leave, home, 998, 0);
		pt_str_add(&modes->leave, "\r\n");
	}
}

void ui_modes_release(struct ui_modes *modes)
{
	pt_str_release(&modes->enter);
	pt_str_release(&modes->leave);
}
