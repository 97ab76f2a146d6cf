#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh BUILD_DIR: scores the sample book, writes BUILD_DIR/scores.csv, shows the
# accounts that matter most, and writes BUILD_DIR/report.html where Python's
# packages for it can be had.
set -eu
if [ $# -ne 1 ] || [ ! -x "$1/examples/kam-score" ]; then
    echo 'usage: demo.sh BUILD_DIR (where meson has built examples/kam-score)' >&2
    exit 2
fi
build=$1
score=$build/examples/kam-score
here=$(dirname "$0")
data=$here/data

# can_report PYTHON: has it what the report needs?
can_report() { [ -x "$(command -v "$1")" ] && "$1" -c 'import jinja2, vl_convert' 2>/dev/null; }

# Sets `python` to one that can, if need be in a virtual environment of the demo's
# own, or fails with `why` set.
find_python() {
    for python in python3 "$build/venv/bin/python" "$build/venv-demo/bin/python"; do
        can_report "$python" && return 0
    done
    python3 -c 'import ensurepip' 2>/dev/null || sh "$here/../tools/need" python >"$build/demo.log" 2>&1 || {
        why='it needs venv for Python (Debian: apt-get install python3-venv)'
        return 1
    }
    echo 'Fetching two Python packages for the report (Jinja2, vl-convert-python) ...'
    sh "$here/../tools/venv" "$build" venv-demo "$here/requirements.txt" >"$build/demo.log" 2>&1
    can_report "$python" && return 0
    why="its Python packages could not be installed (no way to PyPI? see $build/demo.log)"
    return 1
}

# report: writes BUILD_DIR/report.html, or fails with `why` set.
report() {
    library=$build/lib/libkam.so
    why="there is no $library"
    [ -e "$library" ] && find_python || return 1
    why="it could not be made (see $build/demo.log)"
    KAM_LIBRARY=$library PYTHONPATH=$here/../bindings/python "$python" -B -m kam report --quiet \
        --title 'Sample book' --accounts "$data/accounts.csv" -o "$build/report.html" \
        "$data/orders.csv" >"$build/demo.log" 2>&1
}

echo 'The sample book: three years of a fictional supplier of bearings, drives and'
echo 'hydraulics (CNY). Summary of what was read, fitted and found:'
echo
"$score" --accounts "$data/accounts.csv" "$data/orders.csv" 2>&1 >"$build/scores.csv"
echo 'The twenty accounts with most at risk (churn risk x lifetime value of a year):'
echo
"$score" --quiet --top 20 --accounts "$data/accounts.csv" "$data/orders.csv"
echo
echo "Every account:  $build/scores.csv"
if report; then
    echo "For people:     $build/report.html (open it in a browser; it needs no network)"
else
    echo "For people:     no report.html was written: $why"
fi
echo "In Chinese:     $score --lang zh --top 20 $data/orders.csv"
echo "Is it right?    $score --backtest 2024-01-01 $data/orders.csv"
echo "Your own book:  $score --help"
