# SPDX-License-Identifier: MIT
# conan create packaging/conan: a package of the sources it lies in. It is built with
# the meson that is on the PATH.
import os
import re

from conan import ConanFile
from conan.tools.files import copy, load, rmdir
from conan.tools.layout import basic_layout
from conan.tools.meson import Meson, MesonToolchain


class Libkam(ConanFile):
    name = "libkam"
    description = "Key-account scoring: tiers, lifetime value, profit, churn risk, with reasons"
    license = "MIT"
    topics = ("crm", "scoring", "customer-lifetime-value", "churn")
    package_type = "library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"shared": [True, False], "fPIC": [True, False]}
    default_options = {"shared": False, "fPIC": True}
    implements = ["auto_shared_fpic"]
    languages = "C"

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, "../../include/kam/version.h"))
        self.version = ".".join(re.search(rf"KAM_VERSION_{part}\s+(\d+)", text)[1]
                                for part in ("MAJOR", "MINOR", "PATCH"))

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "../..")
        for pattern in ("LICENSE", "meson.build", "meson_options.txt", "include/*", "lib/*", "packaging/*",
                        "tests/house/version.py", "examples/*", "benchmarks/*", "bindings/*/meson.build",
                        "docs/meson.build"):
            copy(self, pattern, root, self.export_sources_folder)

    def layout(self):
        basic_layout(self)

    def generate(self):
        tools = MesonToolchain(self)
        for part in ("tests", "examples", "sqlite", "postgresql", "duckdb"):
            tools.project_options[part] = "disabled"
        tools.generate()

    def build(self):
        meson = Meson(self)
        meson.configure()
        meson.build()

    def package(self):
        Meson(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        rmdir(self, os.path.join(self.package_folder, "lib/pkgconfig"))
        rmdir(self, os.path.join(self.package_folder, "lib/cmake"))

    def package_info(self):
        self.cpp_info.libs = ["kam"]
        self.cpp_info.set_property("cmake_file_name", "kam")
        self.cpp_info.set_property("cmake_target_name", "kam::kam")
        self.cpp_info.set_property("pkg_config_name", "libkam")
        if not self.options.shared:
            self.cpp_info.defines = ["KAM_STATIC"]
            if self.settings.os in ("Linux", "FreeBSD"):
                self.cpp_info.system_libs = ["m"]
