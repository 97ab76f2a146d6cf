/* SPDX-License-Identifier: MIT */
/* A whole host: it learns from a part of its book, shows one account on a
 * screen, and scores a night's batch on threads of its own. */
#include <kam/kam.h>
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 2, BOOK = 300000, LEARNT = 2000, SHOWN = 3 };
static kam_account book[BOOK]; /* what the host knows already */
static double value[BOOK], risk[BOOK];

struct share { /* tasks first, first + THREADS, ... of n */
    kam_task task;
    void *data;
    int64_t first, n;
};

static void *work(void *data) {
    const struct share *s = data;
    for (int64_t i = s->first; i < s->n; i += THREADS) s->task(s->data, i);
    return NULL;
}

static int32_t run(void *unused, int64_t n, kam_task task, void *data) {
    pthread_t thread[THREADS];
    struct share s[THREADS];
    int t = 0, failed = 0;
    for (; t < THREADS && !failed; t += !failed) {
        s[t] = (struct share){task, data, t, n};
        failed = pthread_create(&thread[t], NULL, work, &s[t]);
    }
    while (t > 0) pthread_join(thread[--t], NULL);
    return (void)unused, failed;
}

static kam_account account(uint64_t i) {
    const uint64_t z = (i + 1) * 0x9E3779B97F4A7C15u;
    const double x = (double)(z >> 60), m = 900 + (double)(z >> 40 & 4095);
    const double t = 99 - (double)(z >> 50 & 31), w = (x + 1) * m;
    kam_account a = {x, t, 104, m, w, 0, w * 0.7, 200, .tier_before = 3};
    return a.tier_value = w / 2, a.weight = 1, a;
}

int main(void) {
    kam_accounts all = {.struct_size = sizeof all}, some = all;
    kam_models models = {.struct_size = sizeof models};
    const kam_host host = {.struct_size = sizeof host, .parallel_for = run};
    char text[160] = "";
    double v, r;
    kam_reason why[4]; /* the base, then the largest reason first */
    kam_scores one = {.struct_size = sizeof one}, many = one;
    one.lifetime_value = &v, one.churn_risk = &r, one.reasons = why;
    many.lifetime_value = value, many.churn_risk = risk;
    for (uint64_t i = 0; i < BOOK; i++) book[i] = account(i);
    kam_accounts_of(book, sizeof *book, BOOK, &all);
    kam_accounts_slice(&all, 0, LEARNT, &some);
    if (kam_fit(&some, 1, NULL, NULL, &models, NULL, NULL) ||
        kam_score_one(book + SHOWN, sizeof *book, &models, NULL, 0, &one, 0) ||
        kam_reason_text(&why[1], KAM_EN, text, sizeof text, NULL) ||
        kam_score(&all, &models, NULL, 0, &host, &many, NULL))
        return 1;
    printf("one: worth %.2f, churn risk %.1f %%: %s\n", v, 100 * r, text);
    const int differ = value[SHOWN] != v || risk[SHOWN] != r;
    printf("all %d: %s bits\n", BOOK, differ ? "other" : "the same");
    return differ;
}
