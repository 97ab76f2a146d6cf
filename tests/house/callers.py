# SPDX-License-Identifier: MIT
"""callers.py PROGRAM ...: every public function was called by an older and by a newer
caller, for each struct with a size that it takes, and gave what it gives to others.
callers.py --header FILE: the wrappers that make callers older or newer.

tests/support/callers.h says what the wrappers do. A program without a file of inputs
of its own (tests/fuzz/callers.c) is a unit test that was built with them."""
import os
import pathlib
import re
import sys

import layout
import tap

#: structs that a function writes whole, besides reports: not read before
WRITTEN = {"kam_accounts", "kam_concentration", "kam_models", "kam_segment_agreement", "kam_spend_dependence",
           "kam_survival_pairs", "kam_whale"}
#: functions that need members which came later: no older caller can be answered
LATER = {"kam_btyd_choose_rhythm", "kam_retention_fit", "kam_retention_profile"}


def functions(text, sizes):
    """(name, parameters, [(name, type, const)] of structs with a size) of each that takes one."""
    for found in re.finditer(r"\bKAM_API\b\s*(\w+)\s+(\w+)\s*\(([^;]*)\)\s*;", text):
        parameters = [re.sub(r"\s+", " ", one).strip() for one in re.split(r",(?![^(]*\))", found[3])]
        taken = [re.fullmatch(r"(const )?(kam_\w+) \*(\w+)", one) for one in parameters]
        taken = [(one[3], one[2], bool(one[1])) for one in taken if one and one[2] in sizes]
        if taken:
            tap.check(found[1] == "kam_status", f"{found[2]} gives {found[1]}")
            yield found[2], parameters, taken


def how(name, kind, is_const, function):
    if kind == "kam_diag":
        return "CALLER_DIAG"
    if is_const:
        return "CALLER_READ"
    return "CALLER_WRITTEN" if kind in WRITTEN or kind.endswith("_report") or function.endswith("_init") else "CALLER_OUT"


def pointers(text, sizes):
    """{struct: [(member, struct with a size that it points to)]}"""
    found = {}
    for one in re.finditer(r"\btypedef struct (\w+)\s*\{(.*?)\}\s*\w+;", text, re.DOTALL):
        found[one[1]] = [(name, kind) for kind, name in re.findall(r"\bconst (kam_\w+) \*(\w+);", one[2]) if kind in sizes]
    return {name: members for name, members in found.items() if members}


def wrapper(name, parameters, taken, inside):
    is_init = name.endswith("_init")
    lines = [f"static inline kam_status caller_{name}({', '.join(parameters)}) {{"]
    for kind in "kam_host", "kam_diag":  # nobody's, when the caller has none
        lines.append(f"    {kind} a_{kind[4:]} = {{.struct_size = sizeof a_{kind[4:]}}};")
    lines = [line for line in lines if not line.startswith("    kam_") or any(kind in line for _, kind, _ in taken)]
    lines.append("    const struct caller_struct given[] = {")
    for one, kind, is_const in taken:
        within = f"caller_inside_{kind}" if is_const and kind in inside else "NULL"
        spare = f"{one} ? (void *)(uintptr_t){one} : &a_{kind[4:]}" if kind in ("kam_host", "kam_diag") else f"(void *)(uintptr_t){one}"
        n = f"n_{one}" if any(other.endswith(f" n_{one}") for other in parameters) else "1"
        lines.append(f'        {{"{one}", {spare}, {n}, sizeof(*{one}), KAM__FIRST({kind}), '
                     f'{how(one, kind, is_const, name)}, {within}}},')
    lines += ["    };", f'    struct caller c = {{.function = "{name}", .given = given, .n = {len(taken)}}};']
    if is_init:
        lines.append("    c.init = &struct_size;")
    place = {one: f"c.at[{i}]" for i, (one, _, _) in enumerate(taken)}
    arguments = [re.search(r"(\w+)\s*(?:\[[^]]*\]\s*|\)\s*\(.*)*$", one)[1] for one in parameters]
    arguments = [place.get(one, one) for one in arguments]
    lines += [f"    while (caller_next(&c)) c.status = {name}({', '.join(arguments)});", "    return c.status;", "}",
              f"#define {name} caller_{name}", ""]
    return lines


def header():
    text = layout.declared()
    sizes = set(layout.sized(text))
    inside = pointers(text, sizes)
    lines = ["/* Made by tests/house/callers.py. */", '#include "support/callers.h"', ""]

    def members(kind, done):
        if kind in inside and kind not in done:
            done.append(kind)
            for _, within in inside[kind]:
                members(within, done)
            lines.append(f"static const struct caller_member caller_inside_{kind}[] = {{")
            for member, within in inside[kind]:
                lines.append(f"    {{offsetof({kind}, {member}), sizeof({within}), KAM__FIRST({within}), "
                             f"{f'caller_inside_{within}' if within in inside else 'NULL'}}},")
            lines.append("    {0, 0, 0, NULL}};")
        return done
    done = []
    for kind in inside:
        if kind in sizes:
            members(kind, done)
    for one in functions(text, sizes):
        lines += wrapper(*one, inside)
    return "\n".join(lines) + "\n"


def main(programs):
    text = layout.declared()
    sizes = set(layout.sized(text))
    done = {}

    def note(told):
        for line in told.splitlines():
            if line.startswith("# caller "):
                function, name, *counts = line.split()[2:]
                done[function, name] = [a + int(b) for a, b in zip(done.get((function, name), [0] * 4), counts)]

    def runs(program):
        name = pathlib.Path(program).name.removeprefix("callers_")
        inputs = tap.ROOT / f"tests/fuzz/outcomes_{name}.txt"

        def test():
            if inputs.exists():
                note(tap.output([program, inputs]))
                return
            for caller in "old", "new":
                told = tap.run([program], env={**os.environ, "KAM_CALLER": caller, "CMOCKA_MESSAGE_OUTPUT": "TAP"})
                tap.check(told.returncode == 0, f"{caller}: {told.stdout}{told.stderr}")
                note(told.stdout)
        test.__doc__ = f"{name}: older and newer callers are answered as others are"
        return test

    def complete():
        """every struct with a size of every function came from an older and a newer caller"""
        problems, pairs = [], 0
        for function, _, taken in functions(text, sizes):
            for name, kind, is_const in taken:
                pairs += 1
                counts = done.get((function, name), [0] * 4)
                way = how(name, kind, is_const, function)
                older = function not in LATER
                wanted = [older, older and way != "CALLER_DIAG", True, way in ("CALLER_READ", "CALLER_OUT")]
                problems += [f"{function}: {name} never {what}" for count, want, what in
                             zip(counts, wanted, ("came from an older caller", "was too short", "came from a newer caller",
                                                  "said what is unknown")) if want and not count]
        tap.none(problems)
        tap.none(sorted(function for function in LATER if done[function, "parts"][0]), "answers to older callers")
        tap.check(pairs > 400, f"only {pairs} were found")
        tap.check(set(kind for _, _, taken in functions(text, sizes) for _, kind, _ in taken) == sizes,
                  "there are structs that no function takes")
        print("# structs {}, functions with them {}, older callers answered {} times and refused {} times, newer ones {} and {}".format(
            len(sizes), len({function for function, _ in done}), *(sum(counts[i] for counts in done.values()) for i in range(4))))

    return tap.main([*map(runs, programs), complete])


if __name__ == "__main__":
    if sys.argv[1] == "--header":
        pathlib.Path(sys.argv[2]).write_text(header())
        sys.exit(0)
    sys.exit(main(sys.argv[1:]))
