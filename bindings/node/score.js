// SPDX-License-Identifier: MIT
// libkam from Node.js by koffi: fits a book and scores each of its accounts.
//   npm install koffi && node bindings/node/score.js build/lib/libkam.so bindings/book.csv
//
// Records are arrays of the doubles of kam_account. Structs that libkam fills are
// blocks larger than any of them: struct_size says how large, what it does not
// know of is zero.
"use strict";
const fs = require("fs");
const koffi = require("koffi");

const FIELDS = 17;  // of kam_account, repeat_orders .. log_gaps
const RECORD = 8 * FIELDS, NO_DAY = -2147483648, ENGLISH = 1;

const library = koffi.load(process.argv[2]);
const of = library.func("int32_t kam_accounts_of(double *record, uint64_t size, int64_t n, void *view)");
const fit = library.func("int32_t kam_fit(void *parts, int64_t n, void *options, void *host, void *models, void *report, void *diag)");
const score = library.func("int32_t kam_score_one(double *record, uint64_t size, void *models, void *policy, int32_t day, void *out, void *diag)");
const say = library.func("int32_t kam_reason_text(void *reason, int32_t language, void *text, uint64_t size, void *diag)");
const statusText = library.func("const char *kam_status_text(int32_t status)");

function must(status) {
    if (status !== 0) throw new Error(statusText(status));
}

function block() {
    const made = Buffer.alloc(8192);
    made.writeUInt32LE(8192, 0);
    return made;
}

const lines = fs.readFileSync(process.argv[3], "utf8").trimEnd().split("\n").slice(1);
const book = new Float64Array(lines.length * FIELDS).fill(NaN);
lines.forEach((line, row) => line.split(",").slice(1).forEach((cell, i) => {
    if (cell !== "") book[row * FIELDS + i] = Number(cell);  // an empty field is not known
}));

const all = block(), models = block(), scores = block(), text = Buffer.alloc(160);
const tier = Buffer.alloc(4), value = Buffer.alloc(8), risk = Buffer.alloc(8), why = Buffer.alloc(4 * 24);
[[8, tier], [80, value], [104, risk], [112, why]].forEach(([at, memory]) =>  // offsets of kam_scores
    scores.writeBigUInt64LE(koffi.address(memory), at));
must(of(book, RECORD, lines.length, all));
must(fit(all, 1, null, null, models, null, null));
lines.forEach((line, row) => {
    must(score(book.subarray(row * FIELDS, (row + 1) * FIELDS), RECORD, models, null, NO_DAY, scores, null));
    must(say(why.subarray(24), ENGLISH, text, 160, null));
    const bits = one => one.readBigUInt64LE(0).toString(16).padStart(16, "0");
    console.log(line.split(",")[0], tier.readInt32LE(0), bits(value), bits(risk), risk.readDoubleLE(0).toFixed(6),
                text.toString("utf8", 0, text.indexOf(0)));
});
