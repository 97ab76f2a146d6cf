#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh BUILD [accounts]: builds the benchmarks, runs them and what they are
# compared with, and prints one table. Takes about ten minutes.
set -eu

build=$1
accounts=${2:-1000000}
here=$(dirname "$0")
out=$build/benchmarks
peers=$build/peers

meson compile -C "$build" bench_book bench_fit bench_families bench_answer bench_lines \
    bench_score bench_layers bench_policy bench_kpi bench_churn >"$build/bench.log" 2>&1 ||
    { cat "$build/bench.log" >&2; exit 1; }

# The peers, in a virtual environment of their own.
if [ ! -x "$peers/bin/python" ]; then
    python3 -m venv "$peers"
fi
if ! "$peers/bin/python" -c 'import lifetimes, duckdb, sklearn' 2>/dev/null; then
    echo 'Installing lifetimes, duckdb and scikit-learn ...' >&2
    "$peers/bin/python" -m pip install -q --disable-pip-version-check \
        -r "$here/peers.txt" >&2 || true
fi

if [ -r /proc/loadavg ]; then
    read -r load _ </proc/loadavg
    case $load in 0.[0-4]*) ;; *)
        echo "The load is $load: another program is running, the times will be off." >&2 ;;
    esac
fi

# Profit and tier need 1 GB for ten million accounts.
layers=10000000
if [ -r /proc/meminfo ]; then
    free=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
    [ "${free:-0}" -gt 3000000 ] || layers=2000000
fi

cd "$out"
rm -f ours.txt theirs.txt
{
    ./bench_book . "$accounts"
    echo 'libkam: fits' >&2
    ./bench_fit .
    ./bench_families .
    echo 'libkam: answers' >&2
    ./bench_answer .
    echo 'libkam: order lines' >&2
    ./bench_lines .
    echo 'libkam: scores' >&2
    ./bench_score .
    ./bench_layers "$layers"
    ./bench_policy "$layers"
    echo 'libkam: key figures' >&2
    ./bench_kpi . "$layers"
    echo 'libkam: churn' >&2
    ./bench_churn . "$accounts"
} >ours.txt
cd "$OLDPWD"
echo 'lifetimes, DuckDB and scikit-learn' >&2
if ! "$peers/bin/python" "$here/peers.py" "$out" >"$out/theirs.txt"; then
    rm -f "$out/theirs.txt"
    echo 'lifetimes and DuckDB could not be run.' >&2
fi
python3 "$here/table.py" "$out"

# The Python binding, beside lifetimes and pandas.
sh "$here/../tools/venv" "$build" venv "$here/../bindings/python/requirements-test.txt"
KAM_LIBRARY=$(cd "$build/lib" && pwd)/libkam.so sh "$here/../tools/python" "$build" "$here/bench_python.py" ||
    echo 'The Python benchmarks could not be run.' >&2

# Trees, beside the libraries that trained them.
sh "$here/../tools/venv" "$build" venv-check-all "$here/../bindings/python/requirements-check-all.txt"
KAM_LIBRARY=$(cd "$build/lib" && pwd)/libkam.so "$build/venv-check-all/bin/python" -B "$here/bench_trees.py" ||
    echo 'The benchmarks of trees could not be run.' >&2
