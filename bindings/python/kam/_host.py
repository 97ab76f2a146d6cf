# SPDX-License-Identifier: MIT
"""What one call is lent: a progress function, and threads."""
from __future__ import annotations

import ctypes
import itertools
from importlib import import_module
from operator import index
from typing import Any, Callable, Optional, Union

from . import _ffi
from ._errors import check

#: progress(done, total), of which anything true stops the call; True: a bar of tqdm
Progress = Union[Callable[[int, int], Any], bool]


class _Bar:
    """A tqdm bar. A book in parts is told from 0 for every part: `before` is
    what the finished ones held."""

    def __init__(self) -> None:
        self._make = import_module("tqdm.auto").tqdm
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = self._make(unit="row", unit_scale=True, leave=False)
            self._before = self._done = self._total = 0
        if done < self._done:
            self._before += self._total
        self._done, self._total = done, total
        self._bar.total = self._before + total
        self._bar.update(self._before + done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None


class Host:
    """A kam_host. What `progress` raises stops the call and is raised by it."""

    def __init__(self, progress: Optional[Progress] = None, threads: Optional[int] = None) -> None:
        if threads is not None and threads < 1:
            raise ValueError(f"threads is {threads}, not 1 or more")
        self._error: Optional[BaseException] = None
        self._bar: Optional[_Bar] = None
        self._threads = 1 if threads is None else index(threads)
        self._pool: Any = None
        if self._threads > 1:  # loaded when asked for: it would double the time to import kam
            self._pool = import_module("concurrent.futures").ThreadPoolExecutor(threads)
        self.raw = _ffi.kam_host(struct_size=ctypes.sizeof(_ffi.kam_host))
        if progress is True:
            progress = self._bar = _Bar()
        if callable(progress):
            self.raw.progress = _ffi.kam_progress(self._watch(progress))
        if self._pool is not None:
            self.raw.parallel_for = _ffi.kam_parallel_for(self._parallel_for)

    def _watch(self, progress: Callable[[int, int], Any]) -> Callable[[Any, int, int], int]:
        def watch(_: Any, done: int, total: int) -> int:
            try:
                return 1 if progress(done, total) else 0
            except BaseException as error:  # an interrupt too: C cannot carry it
                self._error = error
                return 1
        return watch

    def _parallel_for(self, _: Any, n_tasks: int, task: Any, task_data: Any) -> int:
        """Every index once; the C task runs without the GIL."""
        try:
            if n_tasks == 1 or self._pool is None:
                for i in range(n_tasks):
                    task(task_data, i)
                return 0
            left = itertools.count()

            def work() -> None:
                for i in iter(left.__next__, None):
                    if i >= n_tasks:
                        return
                    task(task_data, i)

            for future in [self._pool.submit(work) for _ in range(min(self._threads, n_tasks))]:
                future.result()
            return 0
        except BaseException as error:
            self._error = error
            return 1

    def check(self, status: int, diag: _ffi.kam_diag, first_row: int = 0) -> None:
        """Raises what the call said, or what stopped it."""
        error, self._error = self._error, None
        if status != _ffi.KAM_OK and error is not None:
            raise error
        check(status, diag, first_row)

    def rest(self) -> None:
        """No call for a while: the bar goes."""
        if self._bar is not None:
            self._bar.close()

    def close(self) -> None:
        self.rest()
        if self._pool is not None:
            self._pool.shutdown()

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
