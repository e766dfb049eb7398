/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_STUDENT_H
#define PT_ANALYSE_STUDENT_H

/*
 * Student's t distribution with df > 0 degrees of freedom; INFINITY is the normal distribution.
 * Accurate to 1e-10, relative in the tails.
 */

/* P(|T| >= |t|); 1 at t = 0, 0 at infinity, NaN of NaN. */
double pt_student_p(double t, double df);

/* The t that |T| stays below with that probability (0 <= level < 1): 2.228 for .95 and df 10. */
double pt_student_quantile(double level, double df);

#endif
