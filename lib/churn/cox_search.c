/* SPDX-License-Identifier: MIT */
/* Newton's method for Cox's model, and its verdicts. */
#include "churn/cox_search.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "math/cholesky.h"

enum { MOST_STEPS = 100, SLOW_STEPS = 5 };
/* A column of which the others explain all but this share is collinear. */
#define LEAST_PIVOT 1e-11
/* Squared length of a step, in standard errors. */
#define THERE 1e-22
/* Below this a step leaves hardly anything of itself, where there is a maximum. */
#define NEAR 1e-8
/* Scores that run apart further than this are those of a monotone likelihood. */
#define WIDE 15.0
/* A column with less information than this in an event. */
#define FAINT 1e-12
/* Far along a step, how much of it is none, and how much is some. */
#define FAR 0x1p40
#define NOT_ABOVE 1e-10
#define MOVED 0.1

void kam__cox_evaluate(struct kam__cox_search *search, const double *theta) {
    if (!search->is_careful)
        KAM__PICK(search->isa, kam__cox)->evaluate(&search->cox, theta);
    if (search->is_careful || search->cox.is_lost)
        kam__cox_evaluate_carefully(&search->cox, theta);
}

/* Factors the information; -1, or the column that says nothing new. */
static int32_t factorise(struct kam__cox_search *search) {
    const int32_t p = search->cohort.p;
    double *const l = search->factor;
    memcpy(l, search->cox.hessian, (size_t)(p * p) * sizeof *l);
    for (int32_t j = 0; j < p; j++) {
        for (int32_t k = 0; k < j; k++) {
            double sum = l[j * p + k];
            for (int32_t m = 0; m < k; m++) sum -= l[j * p + m] * l[k * p + m];
            l[j * p + k] = sum / l[k * p + k];
        }
        double pivot = l[j * p + j];
        for (int32_t k = 0; k < j; k++) pivot -= l[j * p + k] * l[j * p + k];
        if (!(pivot > LEAST_PIVOT * search->cox.hessian[j * p + j])) return j;
        l[j * p + j] = sqrt(pivot);
    }
    return -1;
}

static void solve(struct kam__cox_search *search) {
    const int32_t p = search->cohort.p;
    memcpy(search->step, search->cox.gradient, (size_t)p * sizeof(double));
    kam__cholesky_solve(search->factor, p, search->step);
    search->length = 0;
    for (int32_t j = 0; j < p; j++)
        search->length += search->step[j] * search->cox.gradient[j];
}

static double width(const struct kam__cox_search *search) {
    double least = 0;
    for (int64_t i = 0; i < search->cohort.n; i++)
        least = search->cox.score[i] < least ? search->cox.score[i] : least;
    return -least;
}

static int32_t largest_step(const struct kam__cox_search *search) {
    int32_t most = 0;
    for (int32_t j = 1; j < search->cohort.p; j++)
        if (fabs(search->step[j]) > fabs(search->step[most])) most = j;
    return most;
}

kam_status kam__cox_blame(const struct kam__cox_search *search,
                          kam_status status, int32_t j,
                          kam_survival_report *report, const char *message) {
    char name[48];
    report->culprit = j;
    return kam__fail(search->diag, status,
                     kam__panel_name(&search->panel, j, name), -1, NAN,
                     message);
}

/* A column that hardly varies beside its largest value. */
static int is_faint(const struct kam__cox_search *search) {
    const int32_t p = search->cohort.p;
    for (int32_t j = 0; j < p; j++)
        if (!(search->cox.hessian[j * p + j] > FAINT * search->event_weight))
            return 1;
    return 0;
}

/* Whether the last step leads to infinity: far along it some scores are apart,
 * and none at risk is above an event's. */
static int separates(struct kam__cox_search *search) {
    for (int32_t j = 0; j < search->cohort.p; j++)
        search->next[j] = FAR * search->step[j];
    kam__cox_evaluate(search, search->next);
    const int shown =
        search->cox.wrong < NOT_ABOVE * FAR && width(search) > MOVED * FAR;
    kam__cox_evaluate(search, search->theta);
    return shown;
}

/* Goes along the step, halved until the likelihood does not fall. */
static int step_up(struct kam__cox_search *search) {
    const double before = search->cox.value;
    const int32_t p = search->cohort.p;
    double share = 1;
    for (int halved = 0; halved < 40; halved++, share *= 0.5) {
        for (int32_t j = 0; j < p; j++)
            search->next[j] = search->theta[j] + share * search->step[j];
        kam__cox_evaluate(search, search->next);
        if (search->cox.value >= before - 1e-10 * (1 + fabs(before)) ||
            (search->length < 1e-12 && search->cox.value > -INFINITY)) {
            memcpy(search->theta, search->next, (size_t)p * sizeof(double));
            return 0;
        }
    }
    return 1;
}

/* Factors the information and finds the next step, by the careful walk once plain
 * sums may mislead. */
static int32_t look(struct kam__cox_search *search, int is_doubtful) {
    int32_t j = factorise(search);
    if (!search->is_careful && (j >= 0 || is_doubtful || is_faint(search))) {
        search->is_careful = 1;
        kam__cox_evaluate(search, search->theta);
        j = factorise(search);
    }
    if (j < 0) solve(search);
    return j;
}

kam_status kam__cox_find(struct kam__cox_search *search,
                         kam_survival_report *report) {
    int32_t n_slow = 0;
    kam__cox_evaluate(search, search->theta);
    report->log_likelihood_null = search->cox.value;
    for (;; report->n_steps++) {
        const double before = search->length;
        const int is_doubtful = n_slow >= SLOW_STEPS;
        const int32_t j = look(search, is_doubtful);
        if (report->n_steps > 0 && (j >= 0 || is_doubtful) && separates(search))
            return kam__cox_blame(
                search, KAM_ERR_SEPARATED, largest_step(search), report,
                "it puts the events in order without error, so "
                "its weight has no limit.");
        if (j >= 0)
            return kam__cox_blame(
                search, KAM_ERR_COLLINEAR, j, report,
                "it says nothing that the columns before it do "
                "not say.");
        report->log_likelihood = search->cox.value;
        report->gradient = sqrt(search->length > 0 ? search->length : 0);
        const double ratio = search->length / before;
        if (report->n_steps > 0 && ratio > 0.05 && width(search) > WIDE)
            n_slow++;
        else if (before > NEAR || ratio < 1e-3)
            n_slow = 0;
        if (!(search->length > THERE) ||
            (report->n_steps > 0 && before < 1e-16 && ratio > 0.5))
            return n_slow < SLOW_STEPS
                       ? KAM_OK
                       : kam__cox_blame(
                             search, KAM_ERR_NOT_CONVERGED,
                             largest_step(search), report,
                             "its weight grows out of sight: whether "
                             "it has a limit cannot be told.");
        if (report->n_steps >= MOST_STEPS || step_up(search))
            return kam__fail(search->diag, KAM_ERR_NOT_CONVERGED, "", -1,
                             report->n_steps,
                             "the search stopped after {value} steps.");
    }
}
