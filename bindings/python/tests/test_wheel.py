# SPDX-License-Identifier: MIT
"""A wheel of this tree: one for every Python of a platform, and it works alone."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from support import ROOT, main, need, same, tap


def test_list():
    """meson installs every file of the package"""
    text = (ROOT / "bindings/python/meson.build").read_text()
    package = ROOT / "bindings/python/kam"
    same(sorted(re.findall(r"'kam/([\w./]+\.\w+)'", text)),
         sorted(str(path.relative_to(package)) for path in package.rglob("*")
                if path.is_file() and path.suffix != ".pyc"))


def build(folder):
    done = subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index",
                           "--no-build-isolation", "--config-settings", f"build-dir={folder}/build", "--wheel-dir",
                           folder, ROOT],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    tap.check(done.returncode == 0, done.stdout + done.stderr)
    return next(pathlib.Path(folder).glob("*.whl"))


def test_wheel():
    """its tag is py3-none-PLATFORM, it holds one library, and kam loads that one"""
    need("mesonpy")
    need("pip")
    if not shutil.which("patchelf"):
        raise tap.Skip("no patchelf")
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(folder)
        tap.check(re.fullmatch(r"libkam-[\d.]+-py3-none-(?!any)\w+\.whl", wheel.name), wheel.name)
        with zipfile.ZipFile(wheel) as inside:
            names = inside.namelist()
            inside.extractall(folder)
        libraries = [name for name in names if "libkam.so" in name]
        same((len(libraries), [name for name in names if name.endswith((".h", ".a", ".pc"))]), (1, []))
        # As pip lays it out, where one folder is for both kinds of file.
        place = pathlib.Path(folder)
        next(place.glob("libkam-*.data/purelib/kam")).rename(place / "kam")
        said = tap.output([sys.executable, "-B", "-S", "-c", "from kam._library import lib; print(lib._name)"],
                          env={"PYTHONPATH": folder})
        same(pathlib.Path(said.strip()).resolve(), (place / libraries[0]).resolve())


if __name__ == "__main__":
    main(globals())
