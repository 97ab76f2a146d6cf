# SPDX-License-Identifier: MIT
"""release.py BUILD_DIR LIBRARY: one version everywhere."""
import json
import pathlib
import re
import sys

import tap
from version import version


def main(build, library):
    changelog = (tap.ROOT / "CHANGELOG.md").read_text()

    def meson():
        """meson's version is the header's"""
        told = json.loads(tap.output(["meson", "introspect", "--projectinfo", build]))["version"]
        tap.check(told == version(), f"meson says {told}, kam/version.h {version()}")

    def soname():
        """the library's soname is the major version, its file name the version"""
        name = re.search(r"SONAME.*\[(.*)\]", tap.output(["readelf", "-dW", library]))[1]
        tap.check(name == f"libkam.so.{version().split('.')[0]}", f"soname {name}")
        real = pathlib.Path(library).resolve().name
        tap.check(real == f"libkam.so.{version()}", f"file {real}")

    def pkgconfig():
        """libkam.pc says the version"""
        text = (pathlib.Path(build) / "meson-private/libkam.pc").read_text()
        tap.check(f"Version: {version()}\n" in text, text)

    def packages():
        """the files for package managers say the version"""
        said = {"vcpkg.json": json.loads((tap.ROOT / "packaging/vcpkg/libkam/vcpkg.json").read_text())["version"]}
        said.update(re.findall(r"^(directory|source_filename) = libkam-(\d+[.]\d+[.]\d+)",
                               (tap.ROOT / "packaging/libkam.wrap").read_text(), re.MULTILINE))
        bill = json.loads((pathlib.Path(build) / "packaging/libkam.cdx.json").read_text())
        said["libkam.cdx.json"] = bill["metadata"]["component"]["version"]
        tap.check(said == dict.fromkeys(["vcpkg.json", "directory", "source_filename", "libkam.cdx.json"], version()),
                  str(said))

    def listed():
        """the changelog has this version, or something unreleased"""
        tap.check(re.search(rf"^## \[({re.escape(version())}|Unreleased)\]", changelog, re.MULTILINE),
                  f"neither [{version()}] nor [Unreleased]")

    def changelog_parts():
        """each release in the changelog has Added, Changed, Fixed and Numbers"""
        problems = []
        for part in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
            name = part.splitlines()[0]
            titles = re.findall(r"^### (\w+)", part, re.MULTILINE)
            if titles != ["Added", "Changed", "Fixed", "Numbers"]:
                problems.append(f"{name}: {titles}")
        tap.none(problems)

    return tap.main([meson, soname, pkgconfig, packages, listed, changelog_parts])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
