# SPDX-License-Identifier: MIT
"""The same bits from every compiler, optimisation and instruction set:
same_bits.c is built with each and must print tests/golden/same_bits.txt.
Usage: same_bits.py [--quick | --elsewhere | --update]

--quick   one compiler ($CC, or cc): -O3 at each instruction set, and -O0
--elsewhere  one build of $CC, run by $KAM_RUNS_BY (tools/elsewhere)
--update  writes the golden file from one build. Say in CHANGELOG.md, under
          Numbers, which outputs moved and why."""
import concurrent.futures
import functools
import os
import pathlib
import platform
import shutil
import sys
import tempfile

import tap

GOLDEN = tap.ROOT / "tests/golden/same_bits.txt"
# As in meson.build and lib/meson.build, but that each build is of one
# instruction set throughout, so that scalar code is tried at each as well.
FLAGS = ["-std=c11", "-ffp-contract=off", "-fno-trapping-math", "-fno-math-errno", "-w",
         "-DKAM_BUILD", "-DKAM_STATIC", "-DKAM_ISA_SUFFIX=base"]
SETS = {  # what a processor must have, by the names of /proc/cpuinfo
    "x86-64": "",
    "x86-64-v3": "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave",
    "x86-64-v4": "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave avx512f avx512bw avx512cd avx512dq avx512vl",
}
ARM = "aarch64-linux-gnu-gcc"


def snapshot(folder):
    """Copies the sources, so that editing them cannot set two builds apart."""
    for name in ("include", "lib", "tests/house"):
        shutil.copytree(tap.ROOT / name, pathlib.Path(folder) / name)


def sources(root):
    rooms = [path for room in ("base", "math", "value") for path in sorted((root / "lib" / room).glob("*.c"))]
    return [root / "tests/house/same_bits.c", *rooms, root / "lib/data/account.c", root / "lib/data/estimate.c"]


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return set()
    return {word for line in lines if line.startswith("flags") for word in line.split(":")[1].split()}


def arguments(level):
    wide = ["-mprefer-vector-width=512"] if level == "x86-64-v4" else []
    return ["-march=" + level, *wide] if level else []


def printed(compiler, options, level, folder, few=False):
    """What a build prints; raises Skip where it cannot be made or run."""
    emulated = compiler == [ARM] and platform.machine() != "aarch64"
    runs_by = tap.words("KAM_RUNS_BY") or (["qemu-aarch64"] if emulated else [])
    if not shutil.which(compiler[0]):
        raise tap.Skip(f"{compiler[0]} is not here")
    if runs_by and not shutil.which(runs_by[0]):
        raise tap.Skip(f"{runs_by[0]} is not here")
    missing = set(SETS.get(level, "").split()) - processor()
    if missing:
        raise tap.Skip("this processor lacks " + " ".join(sorted(missing)))
    root = pathlib.Path(folder)
    program = root / "-".join([*map(os.path.basename, compiler), *options, level + ".exe"])
    tap.output([*compiler, *FLAGS, *options, *arguments(level), *(["-static"] if emulated else []),
                f"-I{root}/include", f"-I{root}/lib", *sources(root), "-o", program, "-lm"])
    return tap.output([*runs_by, program, *(["few"] if few else [])])


@functools.lru_cache
def golden_lines():
    return GOLDEN.read_text().splitlines()


def compare(text, few):
    """Every line is in the golden file, and none of those that must be is
    missing."""
    golden = golden_lines()
    lines = text.splitlines()
    tap.none([line for line in lines if line not in golden], "results that are not the golden file's "
             "(where every build says the same and they were meant to move: same_bits.py --update)")
    names = {line.split()[0] for line in golden}
    tap.check({line.split()[0] for line in lines} == names, "functions are missing")
    tap.check(few or lines == golden, "lines are missing")


def builds(words):
    """(compiler, options, instruction set, a tenth only)"""
    if "--elsewhere" in words:
        return [(tap.words("CC"), ["-O2"], "", bool(tap.words("KAM_RUNS_BY")))]
    levels = list(SETS) if platform.machine() == "x86_64" else [""]
    if "--quick" in words:
        compiler = tap.words("CC") or ["cc"]
        return [(compiler, ["-O3"], level, False) for level in levels] + [(compiler, ["-O0"], levels[0], False)]
    compilers = [[name] for name in ("gcc", "clang")]
    native = [(compiler, [option], level, False)
              for compiler in compilers for option in ("-O0", "-O1", "-O2", "-O3") for level in levels]
    # under emulation the million is tried once
    return [([ARM], [option], "", option != "-O3") for option in ("-O3", "-O0", "-O1", "-O2")] + native


def tests(words, folder, pool):
    def one(compiler, options, level, few):
        job = pool.submit(printed, compiler, options, level, folder, few)

        def test():
            compare(job.result(), few)
        test.__doc__ = " ".join(["the same bits:", *map(os.path.basename, compiler), *options, level]).strip()
        return test
    return [one(*build) for build in builds(words)]


def planted():
    """a changed bit and a missing line are seen"""
    text = GOLDEN.read_text()
    for wrong in (text[:-2] + ("0" if text[-2] != "0" else "1") + "\n",
                  text.split("\n", 1)[1], text.replace("exp 1000000", "exp 100001")):
        try:
            compare(wrong, False)
        except AssertionError:
            continue
        tap.check(False, "a wrong text was taken")


def main(words):
    if set(words) - {"--quick", "--elsewhere", "--update"}:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        snapshot(folder)
        if "--update" in words:
            GOLDEN.write_text(printed(tap.words("CC") or ["cc"], ["-O2"], "", folder))
            return 0
        golden_lines()
        return tap.main([planted, *tests(words, folder, pool)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
