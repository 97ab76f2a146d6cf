/* SPDX-License-Identifier: MIT */
#include "support/check.h"

static const char *say(int32_t id, double contribution, double value,
                       int32_t language) {
    static char text[160];
    const kam_reason reason = {id, 0, contribution, value};
    assert_status(kam_reason_text(&reason, language, text, sizeof text, NULL),
                  KAM_OK);
    assert_true(strlen(text) > 0 && strlen(text) < 159);
    return text;
}

static void both(int32_t id, double contribution, double value, const char *en,
                 const char *zh) {
    assert_string_equal(say(id, contribution, value, KAM_EN), en);
    assert_string_equal(say(id, contribution, value, KAM_ZH), zh);
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(kam_reason_name(KAM_REASON_NONE), "none");
    assert_string_equal(kam_reason_name(KAM_REASON_BASE), "base");
    assert_string_equal(kam_reason_name(KAM_REASON_SILENCE), "silence");
    assert_string_equal(kam_reason_name(KAM_REASON_RHYTHM), "rhythm");
    assert_string_equal(kam_reason_name(KAM_REASON_TENURE), "tenure");
    assert_string_equal(kam_reason_name(KAM_REASON_REST), "rest");
    assert_string_equal(kam_reason_name(KAM_REASON_CONTACT_GAP), "contact_gap");
    assert_string_equal(kam_reason_name(1003), "column");
    assert_string_equal(kam_reason_name(6), "unknown");
    assert_string_equal(kam_reason_name(-1), "unknown");
}

static void test_none(void **state) {
    (void)state;
    both(KAM_REASON_NONE, 0, NAN, "nothing else moves the risk",
         "没有其他因素影响流失风险");
}

static void test_signals(void **state) {
    (void)state;
    both(KAM_REASON_USAGE, 0.7, 0.34, "usage down 34 %, which raises the risk",
         "使用量下降 34%，推高流失风险");
    both(KAM_REASON_USAGE, -0.7, -0.051,
         "usage up 5.1 %, which lowers the risk",
         "使用量上升 5.1%，降低流失风险");
    /* Against what is usual: a small fall is good news, a small rise bad. */
    both(KAM_REASON_USAGE, -0.2, 0.075,
         "usage down only 7.5 %, which lowers the risk",
         "使用量下降 7.5%（低于平常），降低流失风险");
    both(KAM_REASON_ORDERS, 0.2, -0.03,
         "order volume up only 3 %, which raises the risk",
         "订单量上升 3%（低于平常），推高流失风险");
    both(KAM_REASON_CONTACT_GAP, -1, 5,
         "days without contact: only 5, which lowers the risk",
         "未联系天数：5（低于平常），降低流失风险");
    both(KAM_REASON_USAGE, -0.2, 0, "usage as before, which lowers the risk",
         "使用量与之前持平，降低流失风险");
    both(KAM_REASON_USAGE, -0.2, INFINITY,
         "usage down an unknown amount, which lowers the risk",
         "使用量下降 未知，降低流失风险");
    both(KAM_REASON_SATISFACTION, -0.2, -0.04,
         "satisfaction as before, which lowers the risk",
         "满意度与之前持平，降低流失风险");
    both(KAM_REASON_COMPLAINTS, -0.2, 0,
         "complaints open past their time: 0, which lowers the risk",
         "逾期未结的投诉：0，降低流失风险");
    both(KAM_REASON_PAYMENT_DELAY, 1, 0.6,
         "pays late by 60 % of the credit term, which raises the risk",
         "付款延迟达账期的 60%，推高流失风险");
    both(KAM_REASON_ORDERS, 1, 0.3,
         "order volume down 30 %, which raises the risk",
         "订单量下降 30%，推高流失风险");
    both(KAM_REASON_PRICE_GAP, 1, 0.08,
         "a rival is cheaper by 8 %, which raises the risk",
         "竞争对手价格低 8%，推高流失风险");
    both(KAM_REASON_CHANGES, 1, 2,
         "change requests not confirmed: 2, which raises the risk",
         "未确认的需求变更：2，推高流失风险");
    both(KAM_REASON_CONTACT_CHANGED, 1, 1,
         "changes of the contact person: 1, which raises the risk",
         "对接人变动次数：1，推高流失风险");
    both(KAM_REASON_SATISFACTION, 1, 2,
         "satisfaction down 2 of 10 points, which raises the risk",
         "满意度下降 2 分（满分 10），推高流失风险");
    both(KAM_REASON_COMPLAINTS, 0, 0,
         "complaints open past their time: 0, which does not change the risk",
         "逾期未结的投诉：0，对流失风险没有影响");
    both(KAM_REASON_CONTACT_GAP, 1, 21,
         "days without contact: 21, which raises the risk",
         "未联系天数：21，推高流失风险");
    both(KAM_REASON_DELIVERY, 1, NAN,
         "late deliveries: an unknown amount, which raises the risk",
         "迟交比例：未知，推高流失风险");
    both(1003, 1, 12.5, "signal 1003 at 12.5, which raises the risk",
         "信号 1003 为 12.5，推高流失风险");
    both(KAM_REASON_REST, -1, 4,
         "the other 4 signals: their sum lowers the risk",
         "其余 4 个信号，降低流失风险");
}

static void test_since(void **state) {
    (void)state;
    char text[160];
    kam_reason r = {KAM_REASON_USAGE, 0, 0.7, 0.34};
    assert_status(kam_reason_text_since(&r, 19800, KAM_EN, text, sizeof text,
                                        NULL),
                  KAM_OK);
    assert_string_equal(
        text, "usage down 34 % since March 2024, which raises the risk");
    assert_status(kam_reason_text_since(&r, 19800, KAM_ZH, text, sizeof text,
                                        NULL),
                  KAM_OK);
    assert_string_equal(text, "自 2024 年 3 月起使用量下降 34%，推高流失风险");
    r.id = KAM_REASON_SATISFACTION;
    r.value = 2;
    kam_reason_text_since(&r, 0, KAM_EN, text, sizeof text, NULL);
    assert_string_equal(text,
                        "satisfaction down 2 of 10 points since January 1970, "
                        "which raises the risk");
    r.id = KAM_REASON_SILENCE;
    kam_reason_text_since(&r, 0, KAM_EN, text, sizeof text, NULL);
    assert_string_equal(text, "no order for 2 days raises the risk");
    assert_status(kam_reason_text_since(&r, INT32_MAX, KAM_EN, text,
                                        sizeof text, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_reason_text_since(NULL, 0, KAM_EN, text, sizeof text,
                                        NULL),
                  KAM_ERR_NULL);
}

static void test_base(void **state) {
    (void)state;
    both(KAM_REASON_BASE, -1.5, 0.18, "typical account of this book: 18 % risk",
         "客户组合中典型客户的流失风险为 18%");
    both(KAM_REASON_BASE, 1, 0.0424, "typical account of this book: 4.2 % risk",
         "客户组合中典型客户的流失风险为 4.2%");
    both(KAM_REASON_BASE, 1, 0.0997, "typical account of this book: 10 % risk",
         "客户组合中典型客户的流失风险为 10%");
    both(KAM_REASON_BASE, 1, 0.964, "typical account of this book: 96.4 % risk",
         "客户组合中典型客户的流失风险为 96.4%");
    both(KAM_REASON_BASE, 1, 0.0002,
         "typical account of this book: less than 0.1 % risk",
         "客户组合中典型客户的流失风险低于 0.1%");
    both(KAM_REASON_BASE, 1, 0.99999,
         "typical account of this book: more than 99.9 % risk",
         "客户组合中典型客户的流失风险高于 99.9%");
    both(KAM_REASON_BASE, 1, 0, "typical account of this book: 0 % risk",
         "客户组合中典型客户的流失风险为 0%");
    both(KAM_REASON_BASE, 1, 1, "typical account of this book: 100 % risk",
         "客户组合中典型客户的流失风险为 100%");
    both(KAM_REASON_BASE, 1, NAN,
         "typical account of this book: risk not known",
         "客户组合中典型客户的流失风险未知");
}

static void test_silence(void **state) {
    (void)state;
    both(KAM_REASON_SILENCE, 0.5, 143, "no order for 143 days raises the risk",
         "143 天没有下单，推高流失风险");
    both(KAM_REASON_SILENCE, -0.5, 12,
         "the last order 12 days ago lowers the risk",
         "最近一次下单在 12 天前，降低流失风险");
    both(KAM_REASON_SILENCE, 0, 60,
         "no order for 60 days does not change the risk",
         "60 天没有下单，对流失风险没有影响");
    both(KAM_REASON_SILENCE, NAN, 60, "no order for 60 days", "60 天没有下单");
    both(KAM_REASON_SILENCE, 1, 1, "no order for 1 day raises the risk",
         "1 天没有下单，推高流失风险");
    const kam_reason long_gone = {KAM_REASON_SILENCE, 62, 0.5, 143};
    char text[160];
    kam_reason_text(&long_gone, KAM_EN, text, sizeof text, NULL);
    assert_string_equal(text,
                        "no order for 143 days, 6.2 times its own "
                        "interval, raises the risk");
    kam_reason_text(&long_gone, KAM_ZH, text, sizeof text, NULL);
    assert_string_equal(
        text, "143 天没有下单，为平常下单间隔的 6.2 倍，推高流失风险");
    const kam_reason due = {KAM_REASON_SILENCE, 10, 0.1, 30};
    kam_reason_text(&due, KAM_EN, text, sizeof text, NULL);
    assert_string_equal(text,
                        "no order for 30 days, as long as its own interval, "
                        "raises the risk");
    kam_reason_text(&due, KAM_ZH, text, sizeof text, NULL);
    assert_string_equal(text,
                        "30 天没有下单，与平常的下单间隔相当，推高流失风险");
    both(KAM_REASON_SILENCE, -1, 0, "the last order today lowers the risk",
         "最近一次下单在今天，降低流失风险");
    both(KAM_REASON_SILENCE, 1, NAN,
         "an unknown time without an order raises the risk",
         "距上次下单的时间未知，推高流失风险");
}

static void test_rhythm(void **state) {
    (void)state;
    both(KAM_REASON_RHYTHM, -0.2, 23,
         "orders every 23 days, which lowers the risk",
         "平均每 23 天下单一次，降低流失风险");
    both(KAM_REASON_RHYTHM, 0.2, 6.52,
         "orders every 6.5 days, which raises the risk",
         "平均每 6.5 天下单一次，推高流失风险");
    both(KAM_REASON_RHYTHM, 0.2, 1, "orders every day, which raises the risk",
         "平均每天下单一次，推高流失风险");
    both(KAM_REASON_RHYTHM, 0, 9,
         "orders every 9 days, which does not change the risk",
         "平均每 9 天下单一次，对流失风险没有影响");
    both(KAM_REASON_RHYTHM, 0.2, INFINITY,
         "never ordered again, which raises the risk",
         "首单之后再未下单，推高流失风险");
    both(KAM_REASON_RHYTHM, -0.2, NAN,
         "never ordered again, which lowers the risk",
         "首单之后再未下单，降低流失风险");
    both(KAM_REASON_RHYTHM, NAN, NAN, "never ordered again",
         "首单之后再未下单");
}

static void test_tenure(void **state) {
    (void)state;
    both(KAM_REASON_TENURE, -0.1, 840,
         "customer for 2.3 years, which lowers the risk",
         "成为客户已 2.3 年，降低流失风险");
    both(KAM_REASON_TENURE, 0.1, 143,
         "customer for 143 days, which raises the risk",
         "成为客户已 143 天，推高流失风险");
    both(KAM_REASON_TENURE, 0.1, 366,
         "customer for 1 year, which raises the risk",
         "成为客户已 1 年，推高流失风险");
    both(KAM_REASON_TENURE, 0.1, 365,
         "customer for 365 days, which raises the risk",
         "成为客户已 365 天，推高流失风险");
    both(KAM_REASON_TENURE, 0.1, 400,
         "customer for 1.1 years, which raises the risk",
         "成为客户已 1.1 年，推高流失风险");
    both(KAM_REASON_TENURE, 0, 5000,
         "customer for 14 years, which does not change the risk",
         "成为客户已 14 年，对流失风险没有影响");
    both(KAM_REASON_TENURE, 0.1, 1, "customer for 1 day, which raises the risk",
         "成为客户已 1 天，推高流失风险");
    both(KAM_REASON_TENURE, 0.1, NAN,
         "customer for an unknown time, which raises the risk",
         "成为客户的时间未知，推高流失风险");
}

/* A number near a step is never written as 3.0, nor 10.0. */
static void test_rounding(void **state) {
    (void)state;
    both(KAM_REASON_RHYTHM, 1, 2.96,
         "orders every 3 days, which raises the risk",
         "平均每 3 天下单一次，推高流失风险");
    both(KAM_REASON_RHYTHM, 1, 9.94,
         "orders every 9.9 days, which raises the risk",
         "平均每 9.9 天下单一次，推高流失风险");
    both(KAM_REASON_RHYTHM, 1, 9.96,
         "orders every 10 days, which raises the risk",
         "平均每 10 天下单一次，推高流失风险");
    both(KAM_REASON_RHYTHM, 1, 1.04, "orders every day, which raises the risk",
         "平均每天下单一次，推高流失风险");
    both(KAM_REASON_RHYTHM, 1, 1.06,
         "orders every 1.1 days, which raises the risk",
         "平均每 1.1 天下单一次，推高流失风险");
    both(KAM_REASON_SILENCE, 1, 10.5, "no order for 11 days raises the risk",
         "11 天没有下单，推高流失风险");
}

/* Cut at any size, a text ends in a whole character and a NUL. */
static void test_cut(void **state) {
    (void)state;
    const kam_reason reason = {KAM_REASON_SILENCE, 0, 1, 143};
    char whole[160], text[161];
    for (int32_t language = KAM_EN; language <= KAM_ZH; language++) {
        assert_status(kam_reason_text(&reason, language, whole, sizeof whole,
                                      NULL),
                      KAM_OK);
        for (uint64_t size = 1; size <= 160; size++) {
            memset(text, 'x', sizeof text);
            assert_status(kam_reason_text(&reason, language, text, size, NULL),
                          KAM_OK);
            assert_int_equal(text[size], 'x');
            const size_t length = strlen(text);
            assert_true(length < size);
            assert_memory_equal(text, whole, length);
            /* The next byte of the whole begins a character, which did not
             * fit. */
            assert_true(((unsigned char)whole[length] & 0xC0) != 0x80);
            if (length < strlen(whole)) assert_true(length + 4 >= size);
        }
    }
}

/* 160 bytes hold every sentence, whatever the number. */
static void test_every_sentence_fits(void **state) {
    (void)state;
    const double value[] = {-1.7e308, -12345.67, 0,   0.04,     1e-300,   5e14,
                            1e17,     1.7e308,   NAN, INFINITY, -INFINITY};
    const double sign[] = {-1, 0, 1, NAN};
    for (int32_t id = KAM_REASON_NONE; id <= KAM_REASON_TENURE; id++)
        for (int v = 0; v < 11; v++)
            for (int s = 0; s < 4; s++) {
                char longer[400];
                const kam_reason reason = {id, 0, sign[s], value[v]};
                for (int32_t language = KAM_EN; language <= KAM_ZH;
                     language++) {
                    assert_status(kam_reason_text(&reason, language, longer,
                                                  sizeof longer, NULL),
                                  KAM_OK);
                    assert_string_equal(say(id, sign[s], value[v], language),
                                        longer);
                }
            }
}

static void test_refuses(void **state) {
    (void)state;
    kam_reason reason = {KAM_REASON_SILENCE, 0, 1, 143};
    char text[8] = "same";
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_reason_text(NULL, KAM_EN, text, 8, &diag), KAM_ERR_NULL);
    assert_string_equal(diag.argument, "reason");
    assert_status(kam_reason_text(&reason, KAM_EN, NULL, 8, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_reason_text(&reason, 3, text, 8, &diag), KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "language");
    assert_status(kam_reason_text(&reason, 0, text, 8, &diag), KAM_ERR_OPTION);
    assert_status(kam_reason_text(&reason, KAM_EN, text, 0, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "size");
    reason.id = 6;
    assert_status(kam_reason_text(&reason, KAM_EN, text, 8, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "reason.id");
    assert_bits(diag.value, 6);
    reason.id = -1;
    assert_status(kam_reason_text(&reason, KAM_EN, text, 8, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(text, "same");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_since),
        cmocka_unit_test(test_base),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_rhythm),
        cmocka_unit_test(test_tenure),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_every_sentence_fits),
        cmocka_unit_test(test_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
