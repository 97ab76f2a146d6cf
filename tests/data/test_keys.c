/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include "data/keys.h"
#include "support/hosts.h"

static struct kam__keys keys_new(int32_t kind) {
    struct kam__keys keys;
    memset(&keys, 0, sizeof keys);
    keys.kind = kind;
    keys.item.size = sizeof(union kam__key) + 8;
    return keys;
}

static uint64_t integer_number(struct kam__keys *keys, uint64_t hash,
                               int64_t key) {
    uint64_t index = 999;
    assert_int_equal(kam__keys_integer(keys, NULL, hash, key, &index), 0);
    return index;
}

static struct kam__span span_of(const char *text) {
    const struct kam__span span = {text, (int64_t)strlen(text)};
    return span;
}

static uint64_t text_number(struct kam__keys *keys, uint64_t hash,
                            struct kam__span text) {
    uint64_t index = 999;
    assert_int_equal(kam__keys_reserve(keys, NULL, 1), 0);
    assert_int_equal(kam__keys_text(keys, NULL, hash, text, &index), 0);
    return index;
}

/* Equal hashes are told apart by the keys, however many buckets they fill; after
 * the last bucket the first goes on. */
static void hashes_that_collide(void **state) {
    (void)state;
    enum { N = 20 };
    const uint64_t hash[] = {0, UINT64_MAX, UINT64_C(0x0000000100000000)};
    for (int h = 0; h < 3; h++) {
        struct kam__keys numbers = keys_new(KAM__KEYS_INTEGER);
        struct kam__keys texts = keys_new(KAM__KEYS_TEXT);
        assert_int_equal(kam__keys_reserve(&numbers, NULL, N), 0);
        assert_true(kam__keys_guess(&numbers, hash[h]) == KAM__NO_KEY);
        for (int turn = 0; turn < 2; turn++)
            for (int64_t i = 0; i < N; i++) {
                char text[8];
                snprintf(text, sizeof text, "a%.*s", (int)i % 5, "bbbbb");
                assert_int_equal(integer_number(&numbers, hash[h], 10 * i), i);
                assert_int_equal(text_number(&texts, hash[h], span_of(text)),
                                 i % 5);
                assert_int_equal(kam__keys_guess(&numbers, hash[h]), 0);
            }
        assert_int_equal(numbers.n, N);
        assert_int_equal(texts.n, 5);
        kam__keys_free(&numbers, NULL);
        kam__keys_free(&texts, NULL);
    }
}

/* All keys keep their numbers, and their items their place, as both grow. */
static void growing(void **state) {
    (void)state;
    enum { N = 20000 };
    struct kam__keys keys = keys_new(KAM__KEYS_INTEGER);
    int64_t n_guessed = 0;
    assert_int_equal(kam__keys_reserve(&keys, NULL, 1), 0);
    const union kam__key *const first = kam__key_at(&keys, 0);
    for (int64_t i = 0; i < N; i++) {
        const int64_t key = i * i - 70 * i; /* some twice */
        assert_int_equal(kam__keys_reserve(&keys, NULL, 1), 0);
        const uint64_t before = keys.n;
        const uint64_t number =
            integer_number(&keys, kam__hash_integer(key), key);
        if (i > 35 && i <= 70)
            assert_int_equal(number, 70 - i);
        else
            assert_int_equal(number, before);
        assert_int_equal(kam__key_at(&keys, number)->integer, key);
        const uint64_t guess = kam__keys_guess(&keys, kam__hash_integer(key));
        assert_true(guess == number || guess == KAM__NO_KEY);
        n_guessed += guess == number;
    }
    assert_int_equal(keys.n, N - 35);
    assert_in_range(n_guessed, N * 9 / 10, N);
    assert_ptr_equal(first, kam__key_at(&keys, 0));
    kam__keys_free(&keys, NULL);
}

/* Numbers 0, 1, 2, ... for keys[from, to) of a row whose step may be below 0; then
 * all are looked up once more. */
static void add_row(struct kam__keys *keys, int64_t start, int64_t step,
                    int64_t n) {
    for (int turn = 0; turn < 2; turn++) {
        const uint64_t before = turn ? keys->n - (uint64_t)n : keys->n;
        for (int64_t i = 0; i < n; i++) {
            const int64_t key = start + step * i;
            assert_int_equal(kam__keys_reserve(keys, NULL, 1), 0);
            const uint64_t guess = kam__keys_guess_integer(keys, key);
            assert_true(guess == KAM__NO_KEY || turn);
            kam__keys_touch_integer(keys, key);
            assert_int_equal(integer_number(keys, kam__hash_integer(key), key),
                             before + (uint64_t)i);
        }
    }
}

/* Keys that lie close together get a table of their own, which grows with them to
 * either side, up to the ends of the integers; one far away ends it. */
static void keys_close_together(void **state) {
    (void)state;
    const struct {
        int64_t start, step;
    } row[] = {{-3000, 1}, {70, -3}, {INT64_MAX - 4000, 1}, {INT64_MIN, 1}};
    for (int r = 0; r < 4; r++) {
        struct kam__keys keys = keys_new(KAM__KEYS_INTEGER);
        add_row(&keys, row[r].start, row[r].step, 4001);
        assert_non_null(keys.direct);
        assert_null(keys.bucket);
        assert_in_range(keys.span, 4001, 8 * 4001);
        add_row(&keys, row[r].start < 0 && r ? INT64_MAX : INT64_MIN, 0, 1);
        assert_null(keys.direct);
        add_row(&keys, 1000000, 1, 4000); /* not again */
        assert_null(keys.direct);
        assert_int_equal(keys.n, 8002);
        assert_int_equal(integer_number(&keys, kam__hash_integer(row[r].start),
                                        row[r].start),
                         0);
        kam__keys_free(&keys, NULL);
    }
}

/* 3,000 keys close together and one far away; the call that failed, or 0. */
static int add_all(struct kam__keys *keys, const kam_host *host) {
    for (int64_t i = 0; i <= 3000; i++) {
        uint64_t index;
        const int64_t key = i < 3000 ? (i * 7) % 3000 : INT64_MAX;
        if (kam__keys_reserve(keys, host, 1) ||
            kam__keys_integer(keys, host, kam__hash_integer(key), key, &index))
            return 1;
        assert_int_equal(index, i);
    }
    return 0;
}

/* Whichever request is refused, all that was there is still found. */
static void without_memory(void **state) {
    (void)state;
    struct lender lender;
    int64_t n_refused = 0;
    for (int failed = 1; failed; n_refused += failed) {
        const kam_host host = lender_host(&lender, n_refused + 1);
        struct kam__keys keys = keys_new(KAM__KEYS_INTEGER);
        failed = add_all(&keys, &host);
        for (uint64_t i = 0; i < keys.n; i++) {
            const int64_t key = kam__key_at(&keys, i)->integer;
            uint64_t index;
            assert_int_equal(kam__keys_integer(&keys, &host,
                                               kam__hash_integer(key), key,
                                               &index),
                             0);
            assert_int_equal(index, i);
        }
        kam__keys_free(&keys, &host);
        assert_int_equal(lender.n_live, 0);
    }
    assert_in_range(n_refused, 8, 40);
}

/* Few keys, or far apart, stay in buckets. */
static void keys_far_apart(void **state) {
    (void)state;
    struct kam__keys few = keys_new(KAM__KEYS_INTEGER);
    struct kam__keys far = keys_new(KAM__KEYS_INTEGER);
    add_row(&few, 1, 1, 1000);
    add_row(&far, 1, 9, 4000);
    assert_null(few.direct);
    assert_null(far.direct);
    kam__keys_free(&few, NULL);
    kam__keys_free(&far, NULL);
}

/* What was never added is not found: in no table, in buckets, and in a table of
 * its own, whether it lies between the keys, in the room beside them or beyond. */
static void finding(void **state) {
    (void)state;
    const int64_t n[] = {0, 100, 4000};
    for (int r = 0; r < 3; r++) {
        struct kam__keys keys = keys_new(KAM__KEYS_INTEGER);
        add_row(&keys, 1000, 2, n[r]);
        assert_int_equal(keys.direct != NULL, r == 2);
        for (int64_t i = 0; i < n[r]; i++) {
            uint64_t index = 0;
            assert_int_equal(kam__keys_find_integer(&keys, 1000 + 2 * i,
                                                    &index),
                             1);
            assert_int_equal(index, i);
        }
        const int64_t absent[] = {INT64_MIN, 0,    999,      1001,
                                  8997,      9001, INT64_MAX};
        for (int k = 0; k < 7; k++) {
            uint64_t index;
            assert_int_equal(kam__keys_find_integer(&keys, absent[k], &index),
                             0);
        }
        kam__keys_free(&keys, NULL);
    }
}

/* Longer than a chunk of the arena, and every length around eight. */
static void texts_of_any_length(void **state) {
    (void)state;
    enum { LONGEST = 9000 };
    static char text[LONGEST];
    struct kam__keys keys = keys_new(KAM__KEYS_TEXT);
    memset(text, 'x', sizeof text);
    for (int turn = 0; turn < 2; turn++)
        for (int64_t length = 1; length < LONGEST; length += 1 + length / 3) {
            const struct kam__span span = {text, length};
            const uint64_t hash = kam__hash_text(span);
            const uint64_t number = text_number(&keys, hash, span);
            const struct kam__word *const word =
                kam__key_at(&keys, number)->word;
            assert_int_equal((uintptr_t)word % 8, 0);
            assert_int_equal(word->length, length);
            assert_memory_equal(word->bytes, text, (size_t)length);
            assert_int_equal(word->bytes[length], 0);
        }
    text[8] = 'y';
    const struct kam__span other = {text, 9};
    const uint64_t before = keys.n;
    assert_int_equal(text_number(&keys, kam__hash_text(other), other), before);
    kam__keys_free(&keys, NULL);
}

/* No byte is left out of the hash, nor the length. */
static void hashes_of_texts(void **state) {
    (void)state;
    char text[40];
    memset(text, 0, sizeof text);
    for (int64_t length = 1; length < 40; length++) {
        const uint64_t hash = kam__hash_text((struct kam__span){text, length});
        assert_true(hash !=
                    kam__hash_text((struct kam__span){text, length - 1}));
        for (int64_t i = 0; i < length; i++) {
            text[i] = 1;
            assert_true(hash !=
                        kam__hash_text((struct kam__span){text, length}));
            text[i] = 0;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_that_collide),
        cmocka_unit_test(growing),
        cmocka_unit_test(keys_close_together),
        cmocka_unit_test(keys_far_apart),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(finding),
        cmocka_unit_test(texts_of_any_length),
        cmocka_unit_test(hashes_of_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
