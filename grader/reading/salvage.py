"""The cells of a submitted notebook, whole or damaged: what can be had, and what was lost.

A notebook that is valid JSON is read as such. Of any other, each cell is read for itself. Outputs
are never needed and are passed over, so that a hundred megabytes of them cost seconds.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Cell = dict[str, Any]

PLAIN_BYTES = 2**20  # so much is read as it is; of more, the outputs are passed over first
JSON_BYTES = 16 * 2**20  # and more than this without its outputs is no notebook
MOST_BRACKETS = 1_500_000  # in outputs; each costs two microseconds
MOST_TOKENS = 150_000  # that reading damaged cells may cost: a fifth of a second
MOST_DEPTH = 40
MOST_BREAKS = 10  # outputs that never end, each of which is looked for up to the end

_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OPENS = re.compile(rb'"(?:outputs|attachments)"\s*+:\s*+([\[{])')
_FILL = rb'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")'
_BRACKET = re.compile(rb"(?:" + _FILL + rb"|[\[{]" + _FILL + rb"*+[\]}])*+([\[\]{}])", re.DOTALL)
_AFTER_OUTPUTS = re.compile(rb'"source"\s*+:|\{\s*+"cell_type"\s*+:')
_MARKER = re.compile(rb"^(<{7}|={7}|>{7}|\|{7})(?: .*+)?\r?$", re.MULTILINE)
_CELL = re.compile(
    r'\{\s*+"(?:cell_type|id|metadata|source|attachments|execution_count|outputs)"\s*+:'
)
_TOKEN = re.compile(r'\s*+("[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|[^\s"{}\[\],:]++)', re.DOTALL)
_DECODER = json.JSONDecoder(strict=False)  # a line break inside a string is no reason to lose it


def read_cells(content: bytes) -> tuple[list[Cell], list[str]]:
    """Return the cells of a notebook, and a sentence for each thing that was lost or is damaged.

    Parameters
    ----------
    content : bytes
        The file. UTF-8 with or without a mark, UTF-16, UTF-32 or Latin-1.

    Raises
    ------
    ValueError
        If it holds no cells; the message says why.
    """
    data = _as_utf8(content)
    conflict = data.startswith(b"<<<<<<< ") or b"\n<<<<<<< " in data
    return _of_both_sides(data) if conflict else _of_one(data)


def _as_utf8(content: bytes) -> bytes:
    """Return UTF-16 and UTF-32 as UTF-8, and anything else as it is but for its mark."""
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return _recoded(content[len(mark) :], codec)
    head = content[:400]
    if 3 * head.count(0) > len(head):
        little = head[1::2].count(0) > head[::2].count(0)
        return _recoded(content, "utf-16-le" if little else "utf-16-be")
    return content.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"")


def _recoded(content: bytes, codec: str) -> bytes:
    step = 2**20  # a whole number of letters; a pair cut in two is mended by the decoder
    decoder = codecs.getincrementaldecoder(codec)("replace")
    parts = range(0, len(content), step)
    made = [decoder.decode(content[at : at + step]).encode("utf-8", "replace") for at in parts]
    return b"".join(made).replace(b"\0", b"")


def _of_both_sides(data: bytes) -> tuple[list[Cell], list[str]]:
    """Return the cells of both sides of git's conflicts; what differs is there twice."""
    cells: list[Cell] = []
    notes = [
        "The notebook holds both sides of a git conflict; where they differ, neither was chosen."
    ]
    for side in (0, 1):
        try:
            found, said = _of_one(_side(data, side))
        except ValueError:
            continue
        known = {_essence(cell) for cell in cells}
        cells += [cell for cell in found if _essence(cell) not in known]
        notes += [note for note in said if note not in notes]
    if not cells:
        raise ValueError("it holds git's conflict markers and no whole cell.")
    return cells, notes


def _essence(cell: Cell) -> str:
    kept = [cell.get(name) for name in ("id", "metadata", "source", "input")]
    return json.dumps(kept, sort_keys=True)


def _side(data: bytes, wanted: int) -> bytes:
    """Return the text with one side of each conflict: 0 for ours, 1 for theirs."""
    parts, at, side = [], 0, -1  # -1: outside of a conflict, 2: what both come from
    for marker in _MARKER.finditer(data):
        if side in (-1, wanted):
            parts.append(data[at : marker.start()])
        side = {b"<": 0, b"|": 2, b"=": 1, b">": -1}[marker[1][:1]]
        at = marker.end()
    return b"".join([*parts, data[at:]])


def _of_one(data: bytes) -> tuple[list[Cell], list[str]]:
    if len(data) > PLAIN_BYTES:
        data = without_outputs(data)
    if len(data) > JSON_BYTES:
        raise ValueError(
            f"it is {len(data) / 2**20:.0f} MB without its outputs; "
            f"at most {JSON_BYTES / 2**20:.0f} MB are read."
        )
    text, notes = _decoded(data)
    try:
        return _listed(json.loads(text)), notes
    except json.JSONDecodeError as error:
        problem = f"line {error.lineno}"
    except RecursionError:
        problem = "too deeply nested"
    except _NotOne as error:
        raise ValueError(str(error)) from None
    except ValueError:
        problem = "a number without end"
    text, notes = _decoded(without_outputs(data))
    return _rescued(text, problem, notes)


class _NotOne(ValueError):
    """Valid JSON, and no notebook."""


def _decoded(data: bytes) -> tuple[str, list[str]]:
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - damaged
    if good < damaged:  # hardly a letter of it is UTF-8
        return data.decode("cp1252", "replace"), []
    return text, [f"The notebook holds {damaged} damaged characters, now shown as \ufffd."]


def _listed(notebook: Any) -> list[Cell]:
    if not isinstance(notebook, dict):
        raise _NotOne("it is not a notebook.")
    cells = notebook.get("cells")
    if cells is None:  # nbformat 3
        sheets = notebook.get("worksheets")
        if isinstance(sheets, list):
            found = [s.get("cells") for s in sheets if isinstance(s, dict)]
            cells = [cell for listed in found if isinstance(listed, list) for cell in listed]
    if not isinstance(cells, list):
        raise _NotOne("it has no list of cells.")
    return [cell for cell in cells if isinstance(cell, dict)]


def without_outputs(data: bytes) -> bytes:
    """Return a notebook's text with all outputs and attachments empty; the rest as it is."""
    skip = _Skip(data)
    parts, at = [], 0
    while skip.breaks < MOST_BREAKS and (found := _OPENS.search(data, at)):
        parts += [data[at : found.start(1)], b"[]"]
        at = skip.end(found)
        if at < 0:  # damaged, or a bomb: go on where the next thing of interest stands
            after = _AFTER_OUTPUTS.search(data, found.end())
            at = after.start() if after else len(data)
            parts.append(b",")
    return b"".join([*parts, data[at:]])


@dataclass
class _Skip:
    """Finds where values end, with a limit on what that may cost for a whole file."""

    data: bytes
    brackets: int = MOST_BRACKETS
    breaks: int = 0
    misses: int = 0

    def end(self, found: re.Match[bytes]) -> int:
        """Return where the value that ``found`` opens ends; -1 if that cannot be told."""
        close = b"]" if found[1] == b"[" else b"}"
        if self.data.startswith(close, found.end()):
            return found.end() + 1
        end = self._by_line(found, close)
        return end if end >= 0 else self._by_bracket(found.end())

    def _by_line(self, found: re.Match[bytes], close: bytes) -> int:
        """Look for the bracket that closes a value written line by line, as Jupyter does."""
        line = self.data.rfind(b"\n", max(0, found.start() - 100), found.start())
        indent = self.data[line + 1 : found.start()]
        if line < 0 or indent.strip() or self.misses >= MOST_BREAKS:
            return -1
        closing = b"\n" + indent + close
        end = self.data.find(closing, found.end())
        self.misses += end < 0
        return end + len(closing) if end >= 0 else -1

    def _by_bracket(self, at: int) -> int:
        depth = 1
        while depth:
            bracket = _BRACKET.match(self.data, at)
            self.brackets -= 1
            if bracket is None or self.brackets < 0:
                self.breaks += 1
                return -1
            depth += 1 if bracket[1] in b"[{" else -1
            at = bracket.end()
        return at


def _rescued(text: str, problem: str, notes: list[str]) -> tuple[list[Cell], list[str]]:
    """Return the cells that are whole, one by one."""
    reader = _Reader(text)
    cells = list(reader.cells())
    if not cells:
        raise ValueError(f"it is not valid JSON ({problem}).")
    said = f"The notebook is damaged ({problem}); {len(cells)} cells of it could be read."
    if reader.lost:
        names = ", ".join(dict.fromkeys(name or "one without a name" for name in reader.lost))
        said += f" Cells lost: {names}."
    if reader.left < 0:
        said += " The rest is in pieces and was not read."
    elif reader.cut:
        said += " It ends in the middle: the file was cut off."
    return cells, [said, *notes]


class _Broken(ValueError):
    """A value that is not whole."""


@dataclass
class _Reader:
    """Reads values out of text that is almost JSON, with a limit on what that may cost."""

    text: str
    at: int = 0
    left: int = MOST_TOKENS
    cut: bool = False
    lost: list[str] = field(default_factory=list)

    def cells(self) -> Iterator[Cell]:
        """Yield every whole cell, in order; remember the ids of others."""
        where = 0
        while self.left > 0 and (start := _CELL.search(self.text, where)):
            self.at = start.start()
            made: Cell = {}
            try:
                self._token()
                self._fields(made, 1)
                where = self.at
            except _Broken:
                where = start.end()
            if isinstance(made.get("cells"), list):  # the whole notebook, but for a comma
                yield from _listed(made)
            elif _has_text(made):
                yield made
            elif "cell_type" in made:
                self.lost.append(_name(made))
            else:
                where = start.end()

    def _token(self) -> str:
        found = _TOKEN.match(self.text, self.at)
        self.left -= 1
        if found is None or self.left < 0:
            self.cut = found is None
            raise _Broken
        self.at = found.end()
        return found[1]

    def _value(self, token: str, depth: int) -> Any:
        if depth > MOST_DEPTH or token in "]},:":
            raise _Broken
        if token == "{":
            return self._fields({}, depth + 1)
        if token == "[":
            return self._items(depth + 1)
        return _string(token) if token[0] == '"' else None  # no number is of interest

    def _fields(self, made: dict[str, Any], depth: int) -> dict[str, Any]:
        while (token := self._token()) != "}":
            if token == ",":
                continue
            if token[0] != '"' or self._token() != ":":
                raise _Broken
            name = _string(token)
            made[name] = self._value(self._token(), depth)
        return made

    def _items(self, depth: int) -> list[Any]:
        made = []
        while (token := self._token()) != "]":
            if token != ",":
                made.append(self._value(token, depth))
        return made


def _string(token: str) -> str:
    try:
        return str(_DECODER.decode(token))
    except ValueError:
        raise _Broken from None


def _has_text(cell: Cell) -> bool:
    return "cell_type" in cell and ("source" in cell or "input" in cell)


def _name(cell: Cell) -> str:
    found = cell.get("id")
    return found if isinstance(found, str) else ""
