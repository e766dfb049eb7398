/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_CLI_DOCTOR_TERMINAL_H
#define PT_CLI_DOCTOR_TERMINAL_H

#include "perftop/app/doctor.h"

/* Checks of the terminal and the locale of whoever asks; they do not look at the session. */
extern const struct pt_check doctor_checks_terminal[];
extern const size_t doctor_n_checks_terminal;

/* Colours that compiled terminfo tells, or a negative code: -PT_ESYNTAX. */
int doctor_terminfo_colors(const unsigned char *entry, size_t n);

#endif
