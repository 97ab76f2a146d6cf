<?php
// SPDX-License-Identifier: MIT
// libkam from PHP by FFI: fits a book and scores each of its accounts.
//   php bindings/php/score.php build/lib/libkam.so bindings/book.csv
//
// Records are arrays of the doubles of kam_account. Structs that libkam fills are
// blocks larger than any of them: struct_size says how large, what it does not
// know of is zero.
const FIELDS = 17;  // of kam_account, repeat_orders .. log_gaps
const RECORD = 8 * FIELDS;
const NO_DAY = -2147483648;
const ENGLISH = 1;

$kam = FFI::cdef('
    typedef struct { uint32_t struct_size; uint32_t rest[2047]; } block;
    typedef struct { int32_t id, reserved; double contribution, value; } kam_reason;
    typedef struct {
        uint32_t struct_size, reserved;
        int32_t *tier;
        double *others[8];  // tier_to_next .. order_value
        double *lifetime_value;
        double *lifetime_value_low;
        double *lifetime_value_high;
        double *churn_risk;
        kam_reason *reasons;
        uint32_t rest[2018];
    } kam_scores;
    int32_t kam_accounts_of(const double *record, uint64_t size, int64_t n, block *view);
    int32_t kam_fit(const block *parts, int64_t n, void *options, void *host, block *models, void *report, void *diag);
    int32_t kam_score_one(const double *record, uint64_t size, const block *models, void *policy, int32_t as_of_day,
                          const kam_scores *out, void *diag);
    int32_t kam_reason_text(const kam_reason *reason, int32_t language, char *text, uint64_t size, void *diag);
    const char *kam_status_text(int32_t status);', $argv[1]);

function must(int $status): void {
    global $kam;
    if ($status !== 0) throw new RuntimeException($kam->kam_status_text($status));
}

function block(string $type): FFI\CData {
    global $kam;
    $made = $kam->new($type);
    $made->struct_size = FFI::sizeof($made);
    return $made;
}

/** The bits of a double, as 16 hexadecimal digits. */
function bits(float $value): string {
    return bin2hex(pack('E', $value));
}

$lines = file($argv[2], FILE_IGNORE_NEW_LINES);
array_shift($lines);
$n = count($lines);
$book = FFI::new('double[' . $n * FIELDS . ']');
foreach ($lines as $row => $line) {
    $cells = explode(',', $line);
    for ($i = 0; $i < FIELDS; $i++)  // an empty field is not known
        $book[$row * FIELDS + $i] = ($cells[$i + 1] ?? '') === '' ? NAN : (float) $cells[$i + 1];
}

[$all, $models, $scores] = [block('block'), block('block'), block('kam_scores')];
[$tier, $value, $risk] = [FFI::new('int32_t[1]'), FFI::new('double[1]'), FFI::new('double[1]')];
[$why, $text] = [$kam->new('kam_reason[4]'), FFI::new('char[160]')];
$scores->tier = FFI::addr($tier[0]);
$scores->lifetime_value = FFI::addr($value[0]);
$scores->churn_risk = FFI::addr($risk[0]);
$scores->reasons = FFI::addr($why[0]);
must($kam->kam_accounts_of(FFI::addr($book[0]), RECORD, $n, FFI::addr($all)));
must($kam->kam_fit(FFI::addr($all), 1, null, null, FFI::addr($models), null, null));
foreach ($lines as $row => $line) {
    must($kam->kam_score_one(FFI::addr($book[$row * FIELDS]), RECORD, FFI::addr($models), null, NO_DAY,
                             FFI::addr($scores), null));
    must($kam->kam_reason_text(FFI::addr($why[1]), ENGLISH, FFI::addr($text[0]), 160, null));
    printf("%s %d %s %s %.6f %s\n", explode(',', $line)[0], $tier[0], bits($value[0]), bits($risk[0]), $risk[0],
           FFI::string($text));
}
