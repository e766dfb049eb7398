/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A crash must not leave the shell on the alternate screen, without echo and with mouse reports.
 * Everything that the handler needs is copied here while all is well; the handler only writes and
 * sets. It runs on a stack of its own, for the stack may be what has overflowed, and raises the
 * signal again with the action that stood before, so that the core dump (or a sanitizer's report)
 * comes as usual.
 */
#include "perftop/ui/term.h"
#include "term_local.h"

#include "perftop/base/mem.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};

static struct {
	volatile sig_atomic_t armed;
	int fd;
	struct termios saved;
	char leave[512];
	size_t leave_len;
	struct sigaction before[PT_LEN(fatal)];
	char stack[32 * 1024];
} crash;

void ui_crash_arm(int fd, const struct pt_str *leave, const struct termios *saved)
{
	crash.armed = 0;
	crash.fd = fd;
	crash.saved = *saved;
	crash.leave_len = PT_MIN(leave->len, sizeof crash.leave);
	memcpy(crash.leave, pt_str_text(leave), crash.leave_len);
	crash.armed = 1;
}

void ui_crash_disarm(void)
{
	crash.armed = 0;
}

void ui_term_emergency(void)
{
	int kept = errno;

	if (crash.armed) {
		crash.armed = 0;
		ui_tty_leave(crash.fd, crash.leave, crash.leave_len, &crash.saved);
	}
	errno = kept;
}

static void on_crash(int sig)
{
	ui_term_emergency();
	for (size_t i = 0; i < PT_LEN(fatal); i++)
		if (fatal[i] == sig)
			sigaction(sig, &crash.before[i], NULL);
	raise(sig); /* blocked until we return; a true fault happens again by itself */
}

void ui_term_catch_crashes(void)
{
	struct sigaction act = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};
	stack_t stack = {.ss_sp = crash.stack, .ss_size = sizeof crash.stack}, old;
	static bool done;

	if (done)
		return;
	done = true;
	if (!sigaltstack(NULL, &old) && (old.ss_flags & SS_DISABLE)) /* a sanitizer has its own */
		sigaltstack(&stack, NULL);
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < PT_LEN(fatal); i++)
		sigaction(fatal[i], &act, &crash.before[i]);
}
