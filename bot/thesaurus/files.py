"""Reading the thesaurus: the tables of the package, and an operator's own on top."""

import functools
from importlib import resources
from pathlib import Path

from bot.domain.errors import ConfigurationError
from bot.domain.thesaurus import Row, Thesaurus, build_thesaurus, parse_rows, problems_of

VARIABLE = "FIXDESK_THESAURUS"
_SUFFIX = ".tsv"


def load_thesaurus(own: Path | None = None) -> Thesaurus:
    """Compile the package's tables and an operator's own, in about half a second: do it off the event loop.

    Raise `ConfigurationError` that names the file, the line and the mend.
    """
    if own is None:
        return _package_thesaurus()
    rows = package_rows()
    added = _own_rows(own)
    problems = problems_of(added, rows)
    if problems:
        raise ConfigurationError([f"{VARIABLE}: {problem}" for problem in problems])
    return build_thesaurus([*rows, *added])


@functools.cache
def _package_thesaurus() -> Thesaurus:
    return build_thesaurus(package_rows())


@functools.cache
def package_rows() -> tuple[Row, ...]:
    """Return what the package's tables hold."""
    tables = sorted(
        (one for one in resources.files(__package__).iterdir() if one.name.endswith(_SUFFIX)), key=lambda one: one.name
    )
    return tuple(row for table in tables for row in parse_rows(table.read_text(encoding="utf-8"), table.name))


def _own_rows(path: Path) -> list[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{VARIABLE}: {path} cannot be read: {error}"]) from error
    return parse_rows(text, str(path))
