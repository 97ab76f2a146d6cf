# SPDX-License-Identifier: MIT
"""symbols.py LIBRARY: what the shared library gives, takes and keeps.

Gives: exported symbols = lib/kam.map = KAM_API declarations. Takes: no import
but those listed here. Keeps: no data that can be written.
"""
import re
import sys

import tap

# What the library may take from the C library: memory, bytes, exact arithmetic
# (each of these rounds once or not at all), and what compilers put in themselves.
ALLOWED = {
    "malloc", "calloc", "free", "aligned_alloc", "posix_memalign",
    "memcpy", "memmove", "memset", "memcmp", "memchr", "bcmp", "strlen", "strcmp", "strncmp",
    "sqrt", "floor", "ceil", "trunc", "fabs",
    "__stack_chk_fail", "__memcpy_chk", "__memset_chk", "__memmove_chk",
    "__cxa_finalize", "__gmon_start__", "_ITM_deregisterTMCloneTable",
    "_ITM_registerTMCloneTable",
}


def symbols(listing):
    """(type, name, address) of each line of nm -P, the version cut off."""
    found = []
    for line in listing.splitlines():
        parts = line.split()
        if len(parts) >= 2 and len(parts[1]) == 1:
            found.append((parts[1], parts[0].split("@")[0], int(parts[2], 16) if len(parts) > 2 else 0))
    return found


def names_in_map(text):
    exported = re.search(r"global:(.*?)local:", text, re.DOTALL)[1]
    return re.findall(r"\b(kam_\w+);", exported)


def forbidden(listing):
    return sorted(name for kind, name, _ in symbols(listing) if kind in "Uwv" and name not in ALLOWED)


def sections(library):
    """{name: range of addresses} of a library."""
    line = re.compile(r"^\s*\[\s*\d+\]\s+(\.\S+)\s+\S+\s+([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)", re.MULTILINE)
    return {found[1]: range(int(found[2], 16), int(found[2], 16) + int(found[3], 16))
            for found in line.finditer(tap.output(["readelf", "-SW", library]))}


def writable(listing, read_only=()):
    """Symbols that can be written. Constant tables of pointers are filled in by
    the loader, which then makes them read-only; some names are the linker's."""
    made = re.compile(r"(__dso_handle|completed\.\d+|__bss_start|_edata|_end|_DYNAMIC|__TMC_END__|"
                      r"_GLOBAL_OFFSET_TABLE_|__frame_dummy_init_array_entry|__do_global_dtors_aux_fini_array_entry)")
    return sorted(f"{kind} {name}" for kind, name, address in symbols(listing)
                  if kind in "DdBbCGgSs" and not made.fullmatch(name)
                  and not any(address in area for area in read_only))


def main(library):
    defined = tap.output(["nm", "-D", "-P", "--defined-only", library])
    undefined = tap.output(["nm", "-D", "-P", "--undefined-only", library])
    everything = tap.output(["nm", "-P", library])
    areas = sections(library)
    exported = sorted(name for kind, name, _ in symbols(defined) if kind != "A")
    in_map = names_in_map((tap.ROOT / "lib/kam.map").read_text())
    declared = sorted(name for header in tap.HEADERS for name, _ in tap.public_functions(header))

    def map_is_headers():
        """lib/kam.map lists what the headers declare"""
        tap.none(sorted(set(in_map) ^ set(declared)), "names in one and not in the other")

    def map_is_sorted():
        """lib/kam.map is sorted, each name once"""
        tap.check(in_map == sorted(set(in_map)), "not sorted, or a name twice")
        tap.check(len(set(declared)) == len(declared), "a function is declared twice")

    def exports_are_map():
        """the library exports what lib/kam.map lists"""
        tap.none([f"missing: {name}" for name in sorted(set(in_map) - set(exported))] +
                 [f"leaks: {name}" for name in sorted(set(exported) - set(in_map))], "differences")

    def imports():
        """the library imports nothing but memory and exact arithmetic"""
        tap.none(forbidden(undefined), "forbidden imports")

    def needs():
        """the library needs no shared library but libc"""
        needed = re.findall(r"NEEDED.*\[(.*)\]", tap.output(["readelf", "-dW", library]))
        tap.none([name for name in needed if not re.match(r"(libc\.so|libm\.so|ld-linux|libc\.musl)", name)])

    def no_state():
        """the library has no data that can be written"""
        tap.none(writable(everything, [areas[a] for a in areas if a.startswith(".data.rel.ro")]), "writable symbols")

    def no_thread_state():
        """the library has no thread-local data"""
        tap.none([name for name in areas if name.startswith((".tdata", ".tbss"))], "sections")

    def planted():
        """a printf, a leaked name and a counter are caught"""
        tap.check(forbidden("printf@GLIBC_2.2.5 U \nsqrt U \n") == ["printf"], "printf passed")
        tap.check(forbidden("lgamma U\nsigngam U\n") == ["lgamma", "signgam"], "lgamma passed")
        tap.check(writable("calls.1 b 4010 8\nkam_fit T 1000 8\n") == ["b calls.1"], "a counter passed")
        tap.check(names_in_map("KAM_0 { global: kam_a; kam_b; local: *; };") == ["kam_a", "kam_b"], "map misread")

    return tap.main([map_is_headers, map_is_sorted, exports_are_map, imports, needs, no_state,
                     no_thread_state, planted])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
