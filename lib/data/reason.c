/* SPDX-License-Identifier: MIT */
/* Words for reasons. A sentence is a fact and what it does to the risk. */
#include <kam/calendar.h>
#include <kam/reason.h>

#include <math.h>

#include "base/diag.h"
#include "base/text.h"

static const double DAYS_A_YEAR = 365.25;

/* What a fact does to the risk. Where that is not known, the fact stands
 * alone. */
enum effect { RAISES, LOWERS, LEAVES, UNKNOWN };

static enum effect effect_of(double contribution) {
    if (contribution > 0) return RAISES;
    if (contribution < 0) return LOWERS;
    return contribution == 0 ? LEAVES : UNKNOWN;
}

static const char *verb_of(enum effect effect, int zh) {
    switch (effect) {
    case RAISES: return zh ? "，推高流失风险" : "raises the risk";
    case LOWERS: return zh ? "，降低流失风险" : "lowers the risk";
    case LEAVES:
        return zh ? "，对流失风险没有影响" : "does not change the risk";
    default: return "";
    }
}

/* Ends a sentence. English needs a word between, Chinese none. */
static void add_effect(struct kam__text *text, enum effect effect, int zh,
                       const char *between) {
    if (effect != UNKNOWN && !zh) kam__text_add(text, between);
    kam__text_add(text, verb_of(effect, zh));
}

/* One decimal below ten and none above; none either when it would be 0. */
static void add_rounded(struct kam__text *text, double number) {
    const double size = fabs(number);
    const double tenths = floor(size * 10 + 0.5);
    const int whole = size >= 9.95 || tenths == floor(tenths / 10) * 10;
    kam__text_fixed(text, number, whole ? 0 : 1);
}

/* Whether a number will be written as 1, and so takes the singular. */
static int is_one(double number) { return number >= 0.95 && number < 1.05; }

static void add_days(struct kam__text *text, double days, int zh) {
    add_rounded(text, days);
    kam__text_add(text, zh ? " 天" : is_one(days) ? " day" : " days");
}

static void add_base(struct kam__text *text, double risk, int zh) {
    const double percent = risk * 100;
    kam__text_add(text, zh ? "客户组合中典型客户的流失风险"
                           : "typical account of this book: ");
    if (!(risk >= 0 && risk <= 1)) {
        kam__text_add(text, zh ? "未知" : "risk not known");
        return;
    }
    const int low = percent > 0 && percent < 0.05;
    const int high = percent < 100 && percent >= 99.95;
    if (low) kam__text_add(text, zh ? "低于 0.1%" : "less than 0.1 % risk");
    if (high) kam__text_add(text, zh ? "高于 99.9%" : "more than 99.9 % risk");
    if (low || high) return;
    if (zh) kam__text_add(text, "为 ");
    kam__text_fixed(text, percent,
                    (percent > 0 && percent < 9.95) ||
                        (percent < 100 && percent >= 90.05));
    kam__text_add(text, zh ? "%" : " % risk");
}

static void add_silence(struct kam__text *text, double days, int32_t tenths,
                        enum effect effect, int zh) {
    const int recent = effect == LOWERS;
    if (!isfinite(days)) {
        kam__text_add(text, zh ? "距上次下单的时间未知"
                               : "an unknown time without an order");
    } else if (recent) {
        kam__text_add(text, zh ? "最近一次下单在" : "the last order ");
        if (days == 0) {
            kam__text_add(text, zh ? "今天" : "today");
        } else {
            if (zh) kam__text_add(text, " ");
            add_days(text, days, zh);
            kam__text_add(text, zh ? "前" : " ago");
        }
    } else {
        if (!zh) kam__text_add(text, "no order for ");
        add_days(text, days, zh);
        if (zh) kam__text_add(text, "没有下单");
        if (tenths > 0) {
            kam__text_add(text, zh ? "，" : ", ");
            if (tenths == 10) {
                kam__text_add(text, zh ? "与平常的下单间隔相当"
                                       : "as long as its own interval,");
            } else {
                if (zh) kam__text_add(text, "为平常下单间隔的 ");
                add_rounded(text, tenths / 10.0);
                kam__text_add(text, zh ? " 倍" : " times its own interval,");
            }
        }
    }
    add_effect(text, effect, zh, " ");
}

static void add_rhythm(struct kam__text *text, double days, enum effect effect,
                       int zh) {
    if (!isfinite(days)) {
        kam__text_add(text, zh ? "首单之后再未下单" : "never ordered again");
    } else {
        kam__text_add(text, zh ? "平均每" : "orders every ");
        if (is_one(days)) {
            kam__text_add(text, zh ? "天" : "day");
        } else {
            if (zh) kam__text_add(text, " ");
            add_days(text, days, zh);
        }
        if (zh) kam__text_add(text, "下单一次");
    }
    add_effect(text, effect, zh, ", which ");
}

static void add_tenure(struct kam__text *text, double days, enum effect effect,
                       int zh) {
    if (!isfinite(days)) {
        kam__text_add(text, zh ? "成为客户的时间未知"
                               : "customer for an unknown time");
    } else {
        kam__text_add(text, zh ? "成为客户已 " : "customer for ");
        if (days < DAYS_A_YEAR) {
            add_days(text, days, zh);
        } else {
            const double years = days / DAYS_A_YEAR;
            add_rounded(text, years);
            kam__text_add(text, zh              ? " 年"
                                : is_one(years) ? " year"
                                                : " years");
        }
    }
    add_effect(text, effect, zh, ", which ");
}

/* Words around a signal's number, English and Chinese: for a number above 0, and
 * for one below, which is a good sign. */
static const struct signal {
    int32_t id;
    int32_t is_share;
    const char *name;
    const char *worse[2], *worse_end[2]; /* before and after the number */
    const char *better[2], *better_end[2];
    const char *level[2]; /* instead of "down 0"; NULL: 0 is said as it is */
} SIGNAL[] = {
    {KAM_REASON_USAGE,
     1,
     "usage",
     {"usage down ", "使用量下降 "},
     {"", ""},
     {"usage up ", "使用量上升 "},
     {"", ""},
     {"usage as before", "使用量与之前持平"}},
    {KAM_REASON_PAYMENT_DELAY,
     1,
     "payment_delay",
     {"pays late by ", "付款延迟达账期的 "},
     {" of the credit term", ""},
     {"pays early by ", "提前付款达账期的 "},
     {" of the credit term", ""},
     {"pays on time", "按时付款"}},
    {KAM_REASON_ORDERS,
     1,
     "orders",
     {"order volume down ", "订单量下降 "},
     {"", ""},
     {"order volume up ", "订单量上升 "},
     {"", ""},
     {"order volume as before", "订单量与之前持平"}},
    {KAM_REASON_PRICE_GAP,
     1,
     "price_gap",
     {"a rival is cheaper by ", "竞争对手价格低 "},
     {"", ""},
     {"a rival is dearer by ", "竞争对手价格高 "},
     {"", ""},
     {"a rival asks the same price", "竞争对手价格相同"}},
    {KAM_REASON_CHANGES,
     0,
     "changes",
     {"change requests not confirmed: ", "未确认的需求变更："},
     {"", ""},
     {"change requests not confirmed: ", "未确认的需求变更："},
     {"", ""},
     {NULL, NULL}},
    {KAM_REASON_CONTACT_CHANGED,
     0,
     "contact_changed",
     {"changes of the contact person: ", "对接人变动次数："},
     {"", ""},
     {"changes of the contact person: ", "对接人变动次数："},
     {"", ""},
     {NULL, NULL}},
    {KAM_REASON_SATISFACTION,
     0,
     "satisfaction",
     {"satisfaction down ", "满意度下降 "},
     {" of 10 points", " 分（满分 10）"},
     {"satisfaction up ", "满意度上升 "},
     {" of 10 points", " 分（满分 10）"},
     {"satisfaction as before", "满意度与之前持平"}},
    {KAM_REASON_COMPLAINTS,
     0,
     "complaints",
     {"complaints open past their time: ", "逾期未结的投诉："},
     {"", ""},
     {"complaints open past their time: ", "逾期未结的投诉："},
     {"", ""},
     {NULL, NULL}},
    {KAM_REASON_CONTACT_GAP,
     0,
     "contact_gap",
     {"days without contact: ", "未联系天数："},
     {"", ""},
     {"days without contact: ", "未联系天数："},
     {"", ""},
     {NULL, NULL}},
    {KAM_REASON_DELIVERY,
     1,
     "delivery",
     {"late deliveries: ", "迟交比例："},
     {"", ""},
     {"late deliveries: ", "迟交比例："},
     {"", ""},
     {NULL, NULL}},
};

static const struct signal *signal_of(int32_t id) {
    for (size_t i = 0; i < sizeof SIGNAL / sizeof SIGNAL[0]; i++)
        if (SIGNAL[i].id == id) return &SIGNAL[i];
    return 0;
}

/* A month, as people say it. */
struct month {
    int32_t year, month; /* 0: not known */
};

static void add_since(struct kam__text *text, struct month since, int zh) {
    static const char *const NAME[] = {"January", "February", "March",
                                       "April",   "May",      "June",
                                       "July",    "August",   "September",
                                       "October", "November", "December"};
    if (since.month == 0) return;
    kam__text_add(text, zh ? "自 " : " since ");
    if (!zh) kam__text_add(text, NAME[since.month - 1]);
    if (!zh) kam__text_add(text, " ");
    kam__text_integer(text, since.year);
    if (!zh) return;
    kam__text_add(text, " 年 ");
    kam__text_integer(text, since.month);
    kam__text_add(text, " 月起");
}

static void add_signal(struct kam__text *text, const struct signal *signal,
                       double value, struct month since, enum effect effect,
                       int zh) {
    const int good = value < 0;
    const double shown = fabs(value) * (signal->is_share ? 100 : 1);
    const int is_level = shown < 0.05 && signal->level[zh];
    if (is_level) {
        kam__text_add(text, signal->level[zh]);
        add_effect(text, effect, zh, ", which ");
        return;
    }
    if (zh) add_since(text, since, zh);
    kam__text_add(text, (good ? signal->better : signal->worse)[zh]);
    /* Little beside what is usual: else a fall seems to be good news. */
    const int is_little =
        isfinite(value) && shown >= 0.05 && effect == (good ? RAISES : LOWERS);
    if (is_little && !zh) kam__text_add(text, "only ");
    if (!isfinite(value))
        kam__text_add(text, zh ? "未知" : "an unknown amount");
    else
        add_rounded(text, shown);
    if (signal->is_share && isfinite(value))
        kam__text_add(text, zh ? "%" : " %");
    kam__text_add(text, (good ? signal->better_end : signal->worse_end)[zh]);
    if (is_little && zh) kam__text_add(text, "（低于平常）");
    if (!zh) add_since(text, since, zh);
    add_effect(text, effect, zh, ", which ");
}

static void add_column(struct kam__text *text, const kam_reason *reason,
                       enum effect effect, int zh) {
    kam__text_add(text, zh ? "信号 " : "signal ");
    kam__text_integer(text, reason->id);
    kam__text_add(text, zh ? " 为 " : " at ");
    kam__text_number(text, reason->value);
    add_effect(text, effect, zh, ", which ");
}

static void add_rest(struct kam__text *text, double n, enum effect effect,
                     int zh) {
    kam__text_add(text, zh ? "其余 " : "the other ");
    kam__text_number(text, n);
    kam__text_add(text, zh ? " 个信号" : is_one(n) ? " signal" : " signals");
    add_effect(text, effect, zh, ": their sum ");
}

const char *kam_reason_name(int32_t id) {
    const struct signal *const signal = signal_of(id);
    if (signal) return signal->name;
    if (id >= KAM_REASON_COLUMN) return "column";
    switch (id) {
    case KAM_REASON_NONE: return "none";
    case KAM_REASON_BASE: return "base";
    case KAM_REASON_SILENCE: return "silence";
    case KAM_REASON_RHYTHM: return "rhythm";
    case KAM_REASON_TENURE: return "tenure";
    case KAM_REASON_REST: return "rest";
    default: return "unknown";
    }
}

static kam_status check(const kam_reason *reason, int32_t language,
                        const char *text, uint64_t size, kam_diag *diag) {
    if (!reason || !text)
        return kam__fail(diag, KAM_ERR_NULL, reason ? "text" : "reason", -1,
                         (double)NAN, "");
    if (language != KAM_EN && language != KAM_ZH)
        return kam__fail(diag, KAM_ERR_OPTION, "language", -1, language,
                         "{value} is neither KAM_EN nor KAM_ZH.");
    if (!(reason->id >= KAM_REASON_NONE && reason->id <= KAM_REASON_REST) &&
        reason->id < KAM_REASON_COLUMN && !signal_of(reason->id))
        return kam__fail(diag, KAM_ERR_OPTION, "reason.id", -1, reason->id,
                         "{value} is no KAM_REASON_*.");
    if (size == 0)
        return kam__fail(diag, KAM_ERR_OPTION, "size", -1, 0,
                         "There is no room for even an empty text.");
    return KAM_OK;
}

static void write_text(const kam_reason *reason, struct month since,
                       int32_t language, char *text, uint64_t size) {
    const int zh = language == KAM_ZH;
    const enum effect effect = effect_of(reason->contribution);
    const double value = reason->value;
    struct kam__text to =
        kam__text_in(text, size < SIZE_MAX ? (size_t)size : SIZE_MAX);
    switch (reason->id) {
    case KAM_REASON_BASE: add_base(&to, value, zh); break;
    case KAM_REASON_SILENCE:
        add_silence(&to, value, reason->tenths, effect, zh);
        break;
    case KAM_REASON_RHYTHM: add_rhythm(&to, value, effect, zh); break;
    case KAM_REASON_TENURE: add_tenure(&to, value, effect, zh); break;
    case KAM_REASON_REST: add_rest(&to, value, effect, zh); break;
    case KAM_REASON_NONE:
        kam__text_add(&to, zh ? "没有其他因素影响流失风险"
                              : "nothing else moves the risk");
        break;
    default:
        if (signal_of(reason->id))
            add_signal(&to, signal_of(reason->id), value, since, effect, zh);
        else
            add_column(&to, reason, effect, zh);
    }
}

kam_status kam_reason_text(const kam_reason *reason, int32_t language,
                           char *text, uint64_t size, kam_diag *diag) {
    const kam_status status = check(reason, language, text, size, diag);
    const struct month unknown = {0, 0};
    if (status != KAM_OK) return status;
    write_text(reason, unknown, language, text, size);
    return kam__ok(diag);
}

kam_status kam_reason_text_since(const kam_reason *reason, int32_t since_day,
                                 int32_t language, char *text, uint64_t size,
                                 kam_diag *diag) {
    const kam_status status = check(reason, language, text, size, diag);
    struct month since;
    int32_t day;
    if (status != KAM_OK) return status;
    if (kam_calendar_date(since_day, &since.year, &since.month, &day) != KAM_OK)
        return kam__fail(diag, KAM_ERR_OPTION, "since_day", -1, since_day,
                         "day {value} is no date.");
    write_text(reason, since, language, text, size);
    return kam__ok(diag);
}
