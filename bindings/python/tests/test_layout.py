# SPDX-License-Identifier: MIT
"""The binding declares what the C headers declare."""
import ctypes
import re
import sys

from support import ROOT, kam, main, same, tap
from kam import _ffi
from kam._library import lib


def layout():
    """The lines of tests/golden/layout.txt, which tests/house/layout.py holds to
    what the compiler says."""
    text = (ROOT / "tests/golden/layout.txt").read_text()
    return [line for line in text.splitlines() if line and not line.startswith(("#", "KAM__"))]


def structs():
    return {name: kind for name, kind in vars(_ffi).items()
            if isinstance(kind, type) and issubclass(kind, ctypes.Structure) and kind.__module__ == "kam._ffi"}


def declared():
    lines = []
    for name, kind in structs().items():
        lines.append(f"{name} {ctypes.sizeof(kind)}")
        lines += [f"{name}.{member} {getattr(kind, member).offset} {getattr(kind, member).size}"
                  for member, *_ in kind._fields_]
    numbers = [name for name in vars(_ffi) if re.match(r"KAM_(?!VERSION|NO_DAY)", name)]
    return lines + [f"{name} {getattr(_ffi, name)}" for name in numbers]


def test_layout():
    """every struct, member, offset, size and number is C's, and none is left out"""
    if sys.maxsize < 2**33:
        raise tap.Skip("this is not a 64-bit machine")
    mine, theirs = declared(), layout()
    tap.check(len(theirs) > 250, "the golden layout is short")
    tap.none([f"- {line}" for line in theirs if line not in set(mine)] +
             [f"+ {line}" for line in mine if line not in set(theirs)], "differences")


def test_members_in_order():
    """members stand in C's order, and a pointer is a pointer"""
    for name, kind in structs().items():
        offsets = [getattr(kind, member).offset for member, *_ in kind._fields_]
        same(offsets, sorted(offsets), name)


def prototypes():
    """name -> (result, parameters) as the headers write them"""
    found = {}
    for header in tap.HEADERS:
        text = re.sub(r"^\s*#.*$", "", tap.without_comments(header.read_text()), flags=re.MULTILINE)
        for one in re.finditer(r"\bKAM_API\b([^;(]*?)(\w+)\s*\((.*?)\)\s*;", text, re.DOTALL):
            parameters = [] if one[3].strip() == "void" else [" ".join(p.split()) for p in one[3].split(",")]
            found[one[2]] = (" ".join(one[1].split()), parameters)
    return found


def test_functions():
    """every public function of the headers is bound, and no other"""
    theirs = set(prototypes())
    tap.check(len(theirs) > 50, f"only {len(theirs)} functions were found")
    same(sorted(theirs ^ set(_ffi.PROTOTYPES)), [])
    for name in theirs:
        tap.check(getattr(lib, name).argtypes is not None, f"{name} has no argument types")


SCALARS = {"int32_t": ctypes.c_int32, "kam_status": ctypes.c_int32, "uint32_t": ctypes.c_uint32,
           "int64_t": ctypes.c_int64, "uint64_t": ctypes.c_uint64, "double": ctypes.c_double}


def fits(c, bound):
    """Whether a ctypes type can stand for a C parameter."""
    pointer = "*" in c or "[" in c
    base = re.sub(r"\bconst\b|\*.*|\[.*", "", c).split()[0]
    if base.endswith("_total"):  # a function of the caller's
        return bound is getattr(_ffi, base)
    if not pointer:
        return bound is SCALARS.get(base)
    if bound in (ctypes.c_void_p, ctypes.c_char_p):
        return True
    target = getattr(bound, "_type_", None)
    if base in ("kam_ledger", "kam_trees"):
        return bound is ctypes.POINTER(ctypes.c_void_p) and c.count("*") == 2
    return target is SCALARS.get(base) or getattr(target, "__name__", "") == base


def test_parameters():
    """the types and the number of every function's parameters are C's"""
    problems = []
    for name, (result, parameters) in prototypes().items():
        bound_result, bound = _ffi.PROTOTYPES[name]
        if len(bound) != len(parameters):
            problems.append(f"{name}: {len(bound)} parameters, {len(parameters)} in C")
        problems += [f"{name}: {c!r} is {one}" for c, one in zip(parameters, bound) if not fits(c, one)]
        if not (bound_result is None and result == "void" or bound_result is not None and fits(result + " ", bound_result)):
            problems.append(f"{name}: gives {result!r}, bound as {bound_result}")
    tap.none(problems)


def test_types_can_be_told_apart():
    """the check of parameters sees a wrong one"""
    tap.check(fits("const kam_btyd *model", ctypes.POINTER(_ffi.kam_btyd)), "a right one failed")
    tap.check(not fits("const kam_btyd *model", ctypes.POINTER(_ffi.kam_spend)), "a wrong struct passed")
    tap.check(not fits("int64_t n", ctypes.c_int32), "a short number passed")
    tap.check(not fits("double x", ctypes.c_int64), "a whole number passed")


def test_all_functions_are_used():
    """every function is called somewhere in the package"""
    text = "".join(path.read_text() for path in (ROOT / "bindings/python/kam").glob("*.py") if path.name != "_ffi.py")
    tap.none([name for name in _ffi.PROTOTYPES if f"lib.{name}" not in text and f"library.{name}" not in text],
             "functions that nobody can reach")


def test_codes():
    """the library's own list of codes is the one declared"""
    mine = {name: number for name, number in vars(_ffi).items() if re.match(r"KAM_(OK|ERR_)", name)}
    same(kam.status.codes(), mine)
    same(kam.status.row_flag_names(kam.status.MISSING | kam.status.ONE_ORDER), ["missing", "one_order"])


if __name__ == "__main__":
    main(globals())
