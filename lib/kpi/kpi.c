/* SPDX-License-Identifier: MIT */
/* What the key figures are called. */
#include <kam/kpi.h>
#include <kam/reason.h>

/* Arrays of characters, not of pointers: those would need relocation, and so
 * writable memory, in a shared library. */
static const struct {
    int32_t id, records;
    char name[24], en[44], zh[44];
} FIGURES[] = {
    {KAM_KPI_REVENUE, KAM_KPI_LINES, "revenue", "sales value", "销售额"},
    {KAM_KPI_QUANTITY, KAM_KPI_LINES, "quantity", "sales volume", "销售量"},
    {KAM_KPI_MARGIN, KAM_KPI_LINES, "margin", "profit margin", "利润率"},
    {KAM_KPI_TURNOVER, KAM_KPI_INVOICES, "turnover", "receivables turnover",
     "应收账款周转率"},
    {KAM_KPI_DSO, KAM_KPI_INVOICES, "dso", "days sales outstanding",
     "应收账款周转天数"},
    {KAM_KPI_OVERDUE, KAM_KPI_INVOICES, "overdue", "overdue receivables",
     "逾期应收占比"},
    {KAM_KPI_AGE_NOT_DUE, KAM_KPI_INVOICES, "age_not_due",
     "receivables not yet due", "未到期应收占比"},
    {KAM_KPI_AGE_1, KAM_KPI_INVOICES, "age_1", "receivables, first age",
     "账龄第一档占比"},
    {KAM_KPI_AGE_2, KAM_KPI_INVOICES, "age_2", "receivables, second age",
     "账龄第二档占比"},
    {KAM_KPI_AGE_3, KAM_KPI_INVOICES, "age_3", "receivables, third age",
     "账龄第三档占比"},
    {KAM_KPI_AGE_4, KAM_KPI_INVOICES, "age_4", "receivables, oldest",
     "账龄最长档占比"},
    {KAM_KPI_LATE, KAM_KPI_INVOICES, "late", "invoices paid late",
     "延迟付款率"},
    {KAM_KPI_DAYS_LATE, KAM_KPI_INVOICES, "days_late", "mean days late",
     "平均延迟天数"},
    {KAM_KPI_DAYS_TO_PAY, KAM_KPI_INVOICES, "days_to_pay", "mean days to pay",
     "平均付款天数"},
    {KAM_KPI_MONEY_DAYS_TO_PAY, KAM_KPI_INVOICES, "money_days_to_pay",
     "mean days to pay, by amount", "按金额加权的付款天数"},
    {KAM_KPI_GROWTH, KAM_KPI_LINES, "growth", "sales growth", "销售增长率"},
    {KAM_KPI_ACCURACY, KAM_KPI_ACTUALS, "accuracy", "forecast accuracy",
     "预测准确率"},
    {KAM_KPI_BIAS, KAM_KPI_ACTUALS, "bias", "forecast bias", "预测偏差"},
    {KAM_KPI_MASE, KAM_KPI_ACTUALS, "mase", "mean absolute scaled error",
     "平均绝对标度误差"},
    {KAM_KPI_CSAT, KAM_KPI_SURVEYS, "csat", "customer satisfaction",
     "客户满意度"},
    {KAM_KPI_NPS, KAM_KPI_SURVEYS, "nps", "net promoter score", "净推荐值"},
    {KAM_KPI_RESPONSE_RATE, KAM_KPI_SURVEYS, "response_rate",
     "survey response rate", "调查回复率"},
    {KAM_KPI_SHARE, KAM_KPI_ACCOUNTS, "share", "share of wallet or market",
     "钱包份额（市场份额）"},
    {KAM_KPI_NEW, KAM_KPI_ACCOUNTS, "new", "new-customer rate", "新客户率"},
    {KAM_KPI_RETENTION, KAM_KPI_ACCOUNTS, "retention", "customer retention",
     "客户保有率"},
    {KAM_KPI_GRR, KAM_KPI_ACCOUNTS, "grr", "gross revenue retention",
     "收入总留存率"},
    {KAM_KPI_NRR, KAM_KPI_ACCOUNTS, "nrr", "net revenue retention",
     "收入净留存率"},
    {KAM_KPI_OTIF, KAM_KPI_LINES, "otif", "on time and in full",
     "订单准时足量率"},
    {KAM_KPI_ON_TIME, KAM_KPI_LINES, "on_time", "on time", "订单准时率"},
    {KAM_KPI_IN_FULL, KAM_KPI_LINES, "in_full", "in full", "订单足量率"},
    {KAM_KPI_WIN_RATE, KAM_KPI_OPPORTUNITIES, "win_rate", "win rate", "赢单率"},
    {KAM_KPI_WIN_RATE_MONEY, KAM_KPI_OPPORTUNITIES, "win_rate_money",
     "win rate, by value", "按金额的赢单率"},
    {KAM_KPI_CONVERSION, KAM_KPI_OPPORTUNITIES, "conversion", "conversion rate",
     "转化率"},
    {KAM_KPI_HOURS_P50, KAM_KPI_TICKETS, "hours_p50", "median response hours",
     "响应时间中位数（小时）"},
    {KAM_KPI_HOURS_P90, KAM_KPI_TICKETS, "hours_p90",
     "response hours, 90th percentile", "响应时间90分位（小时）"},
    {KAM_KPI_HOURS_P95, KAM_KPI_TICKETS, "hours_p95",
     "response hours, 95th percentile", "响应时间95分位（小时）"},
    {KAM_KPI_SLA_HIT, KAM_KPI_TICKETS, "sla_hit", "within the service level",
     "服务时效达成率"},
    {KAM_KPI_DEFECTION, KAM_KPI_ACCOUNTS, "defection", "defection rate",
     "客户叛离率"},
    {KAM_KPI_ATTAINMENT, KAM_KPI_ACTUALS, "attainment", "plan attainment",
     "计划完成率"}};

enum { N_FIGURES = sizeof FIGURES / sizeof *FIGURES };

static int32_t place_of(int32_t id) {
    for (int32_t i = 0; i < N_FIGURES; i++)
        if (FIGURES[i].id == id) return i;
    return -1;
}

int32_t kam_kpi_at(int32_t i) {
    return i >= 0 && i < N_FIGURES ? FIGURES[i].id : -1;
}

int32_t kam_kpi_records(int32_t id) {
    const int32_t i = place_of(id);
    return i < 0 ? 0 : FIGURES[i].records;
}

const char *kam_kpi_name(int32_t id) {
    const int32_t i = place_of(id);
    return i < 0 ? "unknown" : FIGURES[i].name;
}

const char *kam_kpi_text(int32_t id, int32_t language) {
    const int32_t i = place_of(id);
    const int zh = language == KAM_ZH;
    if (i < 0) return zh ? "未知" : "unknown";
    return zh ? FIGURES[i].zh : FIGURES[i].en;
}

const char *kam_kpi_state_name(int32_t state) {
    switch (state) {
    case KAM_KPI_KNOWN: return "known";
    case KAM_KPI_NO_ROWS: return "no_rows";
    case KAM_KPI_UNDECIDED: return "undecided";
    case KAM_KPI_ZERO_BASE: return "zero_base";
    case KAM_KPI_NEGATIVE_BASE: return "negative_base";
    default: return "unknown";
    }
}
