"""Targets as people write them, in a file or on a command line; all that is wrong is found at once. Pure."""

import csv
import dataclasses
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.batch import normalised
from bot.domain.errors import FixdeskError
from bot.domain.targets import OF_USERS, Identifier, NamedTarget, fault_of, is_user

DELIMITERS = "\t;,"
MAX_SHOWN = 80
"""Characters of a value that is wrong."""
_COLUMNS = ", ".join(Identifier)
_HEADER_MEND = f"the first line must name the columns, of {_COLUMNS}"


@dataclasses.dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with one line of a file."""

    line: int
    value: str
    mend: str

    def __str__(self) -> str:
        """Say it as a sentence."""
        shown = f" {_shortened(self.value)}" if self.value else ""
        return f"line {self.line}:{shown} {self.mend}"


class TargetsError(FixdeskError):
    """A file of targets that cannot be sent."""

    def __init__(self, faults: Sequence[LineFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TargetList:
    """Users or devices, each once."""

    targets: tuple[NamedTarget, ...]
    duplicates: int = 0
    """How many were dropped."""

    @property
    def is_of_users(self) -> bool:
        """Whether they are users; else devices."""
        return any(is_user(target) for target in self.targets)

    @property
    def upns(self) -> tuple[str, ...] | None:
        """The UPNs where nothing else names the targets, else None."""
        if all(set(target) == {Identifier.UPN} for target in self.targets):
            return tuple(target[Identifier.UPN] for target in self.targets)
        return None

    @classmethod
    def of(cls, targets: Iterable[NamedTarget]) -> "TargetList":
        """Return targets without those that are named twice."""
        given = tuple(targets)
        distinct: dict[tuple[tuple[str, str], ...], NamedTarget] = {}
        for target in given:
            distinct.setdefault(normalised(target), target)
        return cls(targets=tuple(distinct.values()), duplicates=len(given) - len(distinct))


def read_targets(content: bytes) -> TargetList:
    """Read a CSV file of users or of devices; raise `TargetsError` with every line that is wrong."""
    lines = _read_lines(_decoded(content))
    header = next(lines, None)
    if header is None:
        raise TargetsError([LineFault(1, "", f"the file is empty; {_HEADER_MEND}")])
    columns = _read_header(*header)
    numbers, targets = [], []
    faults: list[LineFault] = []
    for number, cells in lines:
        target = _read_row(columns, cells)
        faults += _faults_of(number, target)
        if len(cells) > len(columns) and any(map(str.strip, cells[len(columns) :])):
            faults.append(LineFault(number, "", f"it has more cells than the header, which has {len(columns)}"))
        numbers.append(number)
        targets.append(target)
    faults += _mixed_sides(numbers, targets)
    if not targets:
        faults.append(LineFault(header[0], "", "no targets follow the header"))
    if faults:
        raise TargetsError(sorted(faults, key=lambda fault: fault.line))
    return TargetList.of(targets)


def read_values(given: Mapping[Identifier, Sequence[str]]) -> TargetList:
    """Return the targets of a command line, one a value; they are looked at by `faults_in`."""
    return TargetList.of({identifier: value.strip()} for identifier, values in given.items() for value in values)


def option_of(identifier: Identifier) -> str:
    """Return the option of a command line that takes an identifier."""
    return f"--{identifier.replace('_', '-')}"


def faults_in(given: Mapping[Identifier, Sequence[str]]) -> Iterator[str]:
    """Yield what is wrong with the values of a command line, each with its option."""
    for identifier, values in given.items():
        for value in values:
            why = _fault(identifier, value.strip())
            if why:
                yield f"{option_of(identifier)}: {_shortened(value)} {why}"
    if len({identifier.is_of_user for identifier, values in given.items() if values}) > 1:
        yield "name users or devices, not both in one call: run it once for each"


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TargetsError([LineFault(line, "", "this is not UTF-8 text; save the file as CSV UTF-8")]) from error


def _read_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each line that holds something, with its number."""
    header = next((line for line in io.StringIO(text) if line.strip()), "")
    delimiter = next((one for one in DELIMITERS if one in header), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield reader.line_num, cells
    except csv.Error as error:
        mend = f"this is not CSV ({error}); look for a quote that is not closed"
        raise TargetsError([LineFault(reader.line_num, "", mend)]) from error


def _read_header(number: int, cells: Sequence[str]) -> list[Identifier]:
    """Return what each column holds; raise `TargetsError` for a stranger, a blank one or one that stands twice."""
    names = [cell.strip().casefold() for cell in cells]
    known = {identifier.value: identifier for identifier in Identifier}
    faults = [
        LineFault(number, cell.strip(), f"is no column that is known; {_HEADER_MEND}")
        for cell, name in zip(cells, names, strict=True)
        if name not in known
    ]
    faults += [
        LineFault(number, name, "stands twice in the header; remove one of the two columns")
        for name in known
        if names.count(name) > 1
    ]
    if faults:
        raise TargetsError(faults)
    return [known[name] for name in names]


def _read_row(columns: Sequence[Identifier], cells: Sequence[str]) -> NamedTarget:
    """Return the target of a line; blank cells say nothing."""
    return {column: value for column, cell in zip(columns, cells, strict=False) if (value := cell.strip())}


def _faults_of(number: int, target: NamedTarget) -> Iterator[LineFault]:
    for identifier, value in target.items():
        why = _fault(identifier, value)
        if why:
            yield LineFault(number, value, f"{why}; mend or remove it (column {identifier})")
    if is_user(target) and not target.keys() <= OF_USERS:
        yield LineFault(number, "", "it names a user and a device; keep one of the two")


def _fault(identifier: Identifier, value: str) -> str:
    """Say why a value cannot be sent; a line break is a quote that was forgotten, or worse."""
    return "holds a character that no name has" if not value.isprintable() else fault_of(identifier, value)


def _mixed_sides(numbers: Iterable[int], targets: Iterable[NamedTarget]) -> Iterator[LineFault]:
    """Say where a file of users turns to devices, or the other way round."""
    sides = ((number, is_user(target)) for number, target in zip(numbers, targets, strict=True) if target)
    first, first_is_user = next(sides, (0, False))
    other = next((number for number, side in sides if side is not first_is_user), None)
    if other is not None:
        named, before = ("a device", "a user") if first_is_user else ("a user", "a device")
        yield LineFault(other, "", f"it names {named}, and line {first} {before}; make a file of each")


def _shortened(value: str) -> str:
    """Quote a value, without what could not be printed and not at length."""
    return repr(value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}…")
