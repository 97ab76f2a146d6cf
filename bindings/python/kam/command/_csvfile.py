# SPDX-License-Identifier: MIT
"""Tables of comma-separated values, record by record with their line numbers.

The csv module cannot be asked for what kam-score does (libcsv: blanks around
fields do not count, a quote that closes nothing is a quote, and messages name the
line where a record began), so records are cut here, on bytes."""
from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple, NoReturn, Optional

from ._text import Failure, show

LONGEST_RECORD = 1 << 20  # longer ones are no order lines
_BLANKS = re.compile(rb"[ \t]*")


class Record(NamedTuple):
    path: str   # as messages name the file
    line: int   # where the record begins, from 1
    cells: list[bytes]
    is_short: bool = False  # it had fewer fields than the header


def fail_at(record: Record, sentence: str) -> NoReturn:
    raise Failure(f"{record.path}:{record.line}: {sentence}")


def name_of(path: str) -> str:
    return "stdin" if path == "-" else path


def _bytes_of(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        with open(path, "rb") as file:
            return file.read()
    except IsADirectoryError:
        raise Failure(f"{path} is a directory, not a file") from None
    except OSError as error:
        raise Failure(f"{path} cannot be opened: {error.strerror}") from None


def _check_kind(path: str, data: bytes) -> None:
    """Kinds of file that are often given by mistake."""
    if data.startswith(b"\x1f\x8b"):
        raise Failure(f"{path} is packed by gzip; unpack it on the way, by gzip -dc {path}, and give - as the file")
    if data.startswith(b"PK\3\4"):
        raise Failure(f"{path} is a ZIP archive or a spreadsheet, not a text file; save it as CSV")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Failure(f"{path} is UTF-16 text; save it as CSV in UTF-8")
    if not data:
        raise Failure(f"{path} is empty")


def _likely_delimiter(data: bytes) -> bytes:
    """What the header uses most of comma, semicolon, tab and bar."""
    header = re.split(rb"[\r\n]", data[:1 << 18], maxsplit=1)[0]
    plain = b"".join(header.split(b'"')[::2])
    return max((b",", b";", b"\t", b"|"), key=plain.count)


class _Cutter:
    """Cuts lines into fields; a quoted field may run over the end of its line."""

    def __init__(self, delimiter: bytes) -> None:
        self.delimiter = delimiter
        self.blanks = re.compile(rb" *") if delimiter == b"\t" else _BLANKS
        self.cells: list[bytes] = []
        self.open: Optional[bytearray] = None  # the quoted field so far

    def take(self, body: bytes, end: bytes) -> bool:
        """Takes a line without its end, and the end; is the record complete?"""
        if self.open is None and b'"' not in body:
            self.cells += [cell.strip(b" \t") for cell in body.split(self.delimiter)]
            return True
        at = 0
        while at <= len(body):
            if self.open is None:
                at = self._begin(body, at)
            if self.open is not None:
                at = self._quoted(body, at)
                if self.open is not None:
                    self.open += end
                    return False
        return True

    def _begin(self, body: bytes, at: int) -> int:
        """Opens a quoted field, or takes a plain one; where to go on."""
        found = self.blanks.match(body, at)
        assert found
        if body[found.end():found.end() + 1] == b'"':
            self.open = bytearray()
            return found.end() + 1
        to = body.find(self.delimiter, at)
        to = len(body) if to < 0 else to
        self.cells.append(body[at:to].strip(b" \t"))
        return to + 1

    def _quoted(self, body: bytes, at: int) -> int:
        """Goes on to the quote that closes the field: the one with nothing but
        blanks to the next delimiter or the line's end."""
        assert self.open is not None
        while (quote := body.find(b'"', at)) >= 0:
            self.open += body[at:quote]
            found = self.blanks.match(body, quote + 1)
            assert found
            rest = found.end()
            if rest == len(body) or body[rest:rest + 1] == self.delimiter:
                self.cells.append(bytes(self.open).strip(b" "))
                self.open = None
                return rest + 1
            self.open += b'"'
            at = quote + (2 if body[quote + 1:quote + 2] == b'"' else 1)
        self.open += body[at:]
        return len(body)


def _refuse_long(path: str, line: int, is_open: bool) -> NoReturn:
    raise Failure(f"{path}:{line}: " + (
        f"a quote is opened here and not closed within {LONGEST_RECORD} bytes" if is_open else
        f"this line is longer than {LONGEST_RECORD} bytes; is this a file of order lines?"))


def _records(path: str, data: bytes, delimiter: bytes) -> Iterator[Record]:
    """Records that hold something, as they stand."""
    cutter, first_line, n_bytes = _Cutter(delimiter), 1, 0
    for line, text in enumerate(data.splitlines(keepends=True), 1):
        if cutter.open is None:
            first_line, n_bytes = line, 0
        n_bytes += len(text)
        if b"\0" in text:
            raise Failure(f"{path}:{line}: this is not a text file (it holds a zero byte)")
        if n_bytes > LONGEST_RECORD:
            _refuse_long(path, first_line, cutter.open is not None)
        body = text.rstrip(b"\r\n")
        if not cutter.take(body, text[len(body):]):
            continue
        cells, cutter.cells = cutter.cells, []
        if len(cells) > 1 or cells[0]:
            yield Record(path, first_line, cells)
    if cutter.open is not None:
        raise Failure(f"{path}:{first_line}: a quote is opened here and never closed")


def read(path: str, delimiter: Optional[bytes] = None) -> Iterator[Record]:
    """The header, then the records, each as wide as the header."""
    data, path = _bytes_of(path), name_of(path)
    _check_kind(path, data)
    data = data[3:] if data.startswith(b"\xef\xbb\xbf") else data
    width = 0
    for record in _records(path, data, delimiter or _likely_delimiter(data)):
        n = len(record.cells)
        if width and n > width:  # empty ones are forgiven
            for cell in record.cells[width:]:
                if cell:
                    fail_at(record, f'{n} fields where the header has {width}: "{show(cell)}" is one too many '
                            "(is there a comma in an unquoted text or number?)")
        elif n < width:
            record.cells.extend([b""] * (width - n))
            record = record._replace(is_short=True)
        width = width or n
        yield record
    if not width:
        raise Failure(f"{path} is empty but for blank lines")


def find(header: Record, name: str) -> int:
    """The column called so, or else the only one that is called so but for upper
    and lower case; -1 when there is none."""
    wanted = name.encode("utf-8", "surrogateescape")
    for same in (bytes, bytes.lower):  # bytes.lower knows A to Z alone, as it should
        found = [i for i, cell in enumerate(header.cells) if same(cell) == same(wanted)]
        if len(found) > 1:
            fail_at(header, f'two columns are called "{name}" ({found[0] + 1} and {found[1] + 1})')
        if found:
            return found[0]
    return -1


def _names(header: Record) -> str:
    """The header's names in one line, shortened."""
    made = ""
    for i, cell in enumerate(header.cells):
        if len(made.encode("utf-8", "surrogateescape")) + 140 >= 600:
            return made + ", ..."
        made += (", " if i else "") + show(cell)
    return made


def require(header: Record, name: str, option: Optional[str]) -> int:
    """As find, but there has to be one; `option` is the one that names another."""
    found = find(header, name)
    if found < 0:
        fail_at(header, f'there is no column "{name}" (there are: {_names(header)})'
                + (f"; {option} names another" if option else ""))
    return found


def quoted(text: bytes) -> bytes:
    """A field as it is written: in quotes when it must be."""
    if text[:1] != b" " and text[-1:] != b" " and not re.search(rb'[,"\r\n\0]', text):
        return text
    return b'"' + text.replace(b'"', b'""') + b'"'
