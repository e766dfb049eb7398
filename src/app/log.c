/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The debug log: lines appended whole, one write each, so that a crash loses none. */
#include "perftop/app/log.h"

#include "perftop/base/clock.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static int log_fd = -1;

int pt_log_open(const char *path, struct pt_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		return pt_err_set(err, PT_EIO, "--debug %s: %s", path, strerror(errno));
	pt_log_close();
	log_fd = fd;
	return 0;
}

void pt_log_close(void)
{
	if (log_fd >= 0)
		close(log_fd);
	log_fd = -1;
}

bool pt_log_is_open(void)
{
	return log_fd >= 0;
}

void pt_log(const char *fmt, ...)
{
	char text[1024], safe[1200], line[1400];
	int64_t real;
	va_list ap;
	struct pt_str s = PT_STR_INIT;

	if (log_fd < 0)
		return;
	va_start(ap, fmt);
	pt_str_addv(&s, fmt, ap);
	va_end(ap);
	pt_strlcpy(text, pt_str_text(&s), sizeof text);
	pt_str_release(&s);
	pt_text_safe(safe, sizeof safe, text, strlen(text), false);
	real = pt_clock_real(&pt_clock_system);
	size_t n = pt_snprintf(line, sizeof line, "%lld.%03d %d %s\n", (long long)(real / PT_S),
			       (int)(real / PT_MS % 1000), (int)getpid(), safe);
	if (write(log_fd, line, n) < 0)
		pt_log_close(); /* a full disk ends the log, not the program */
}
