// SPDX-License-Identifier: MIT
// libkam from C++: fits a book and scores each of its accounts.
//   c++ -std=c++17 -Iinclude -o score bindings/cpp/score.cpp -Lbuild/lib -lkam && ./score bindings/book.csv
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <kam/kam.h>

struct Row {
    std::string name;
    kam_account account;
};

// An empty field is not known.
static std::vector<Row> read(const char *path) {
    std::ifstream file(path);
    std::string line, field;
    std::vector<Row> rows;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        Row row;
        auto *number = reinterpret_cast<double *>(&row.account);
        for (std::size_t i = 0; i < sizeof row.account / sizeof *number; i++)
            number[i] = NAN;
        std::getline(fields, row.name, ',');
        for (int i = 0; i < 9 && std::getline(fields, field, ','); i++)
            if (!field.empty()) number[i] = std::stod(field);
        rows.push_back(row);
    }
    return rows;
}

static void must(kam_status status, const kam_diag &diag) {
    if (status != KAM_OK)
        throw std::runtime_error(std::string(diag.argument) + " " + diag.message);
}

static unsigned long long bits(double value) {
    unsigned long long made;
    std::memcpy(&made, &value, sizeof made);
    return made;
}

int main(int, char **words) {
    const std::vector<Row> rows = read(words[1]);
    std::vector<kam_account> book;
    for (const Row &row : rows) book.push_back(row.account);
    kam_diag diag{};
    kam_accounts all{};
    kam_models models{};
    diag.struct_size = sizeof diag;
    all.struct_size = sizeof all;
    models.struct_size = sizeof models;
    must(kam_accounts_of(book.data(), sizeof(kam_account), static_cast<int64_t>(book.size()), &all), diag);
    must(kam_fit(&all, 1, nullptr, nullptr, &models, nullptr, &diag), diag);
    for (const Row &row : rows) {
        int32_t tier;
        double value, risk;
        kam_reason why[4];
        char text[160] = "";
        kam_scores scores{};
        scores.struct_size = sizeof scores;
        scores.tier = &tier;
        scores.lifetime_value = &value;
        scores.churn_risk = &risk;
        scores.reasons = why;
        must(kam_score_one(&row.account, sizeof row.account, &models, nullptr, KAM_NO_DAY, &scores, &diag), diag);
        must(kam_reason_text(&why[1], KAM_EN, text, sizeof text, &diag), diag);
        std::printf("%s %d %016llx %016llx %.6f %s\n", row.name.c_str(), tier, bits(value), bits(risk), risk, text);
    }
}
