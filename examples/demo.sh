#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh BUILD_DIR: scores the sample book, writes BUILD_DIR/scores.csv, and
# shows the accounts that matter most.
set -eu
if [ $# -ne 1 ] || [ ! -x "$1/examples/kam-score" ]; then
    echo 'usage: demo.sh BUILD_DIR (where meson has built examples/kam-score)' >&2
    exit 2
fi
build=$1
score=$build/examples/kam-score
data=$(dirname "$0")/data
echo 'The sample book: three years of a fictional supplier of bearings, drives and'
echo 'hydraulics (CNY). Summary of what was read, fitted and found:'
echo
"$score" --accounts "$data/accounts.csv" "$data/orders.csv" 2>&1 >"$build/scores.csv"
echo 'The twenty accounts with most at risk (churn risk x lifetime value of a year):'
echo
"$score" --quiet --top 20 --accounts "$data/accounts.csv" "$data/orders.csv"
echo
echo "Every account:  $build/scores.csv"
echo "In Chinese:     $score --lang zh --top 20 $data/orders.csv"
echo "Is it right?    $score --backtest 2024-01-01 $data/orders.csv"
echo "Your own book:  $score --help"
