"""The package's tables, and an operator's own."""

from pathlib import Path

import pytest

from bot.domain.errors import ConfigurationError
from bot.domain.thesaurus import LANGUAGES, problems_of
from bot.thesaurus.files import load_thesaurus, package_rows


def test_tables_of_the_package_are_right() -> None:
    """Every concept that a line names has words."""
    assert problems_of(package_rows()) == []


def test_tables_speak_seven_languages() -> None:
    """Each language has thousands of expressions."""
    for language in LANGUAGES:
        assert sum(len(row.values) for row in package_rows() if row.relation == language) > 2_000


def test_own_table_comes_on_top(tmp_path: Path) -> None:
    """A new concept may refer to those of the package."""
    path = tmp_path / "own.tsv"
    path.write_text("# ours\nquokka\ten\tgreen program\nquokka + slow\tsuggests\trestart\n", encoding="utf-8")

    thesaurus = load_thesaurus(path)

    assert "quokka" in thesaurus.meaning("quokka")
    assert thesaurus.phrases_in(["green", "program"]) == [("quokka", (0, 1))]
    assert any("quokka" in one.terms for found in thesaurus.combinations.values() for one in found)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("no columns", ["line 2", "three columns"]),
        ("printer\ten\t ", ["line 2", "three columns"]),
        ("printer\txx\tthing", ['"xx" is no relation', "suggests"]),
        ("printer\tkind\tanimal", ['"animal" is no kind', "thing"]),
        ("printer\tsuggests\tspoolr", ['no line says what "spoolr" is', 'was "spooler" meant?']),
        ("a + b + c + d\tmeans\tprinter", ["up to three concepts"]),
        ("printer + slow\ten\tx", ["can be combined, with means, suggests, hints"]),
    ],
)
def test_wrong_line_is_named_with_its_mend(tmp_path: Path, line: str, words: list[str]) -> None:
    """The variable, the file, the line and what to do."""
    path = tmp_path / "own.tsv"
    path.write_text(f"# ours\n{line}\n", encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        load_thesaurus(path)

    said = str(caught.value)
    assert said.startswith("FIXDESK_THESAURUS: ")
    assert str(path) in said
    for word in words:
        assert word in said


def test_missing_file_is_named(tmp_path: Path) -> None:
    """There is no silence about words that are not read."""
    with pytest.raises(ConfigurationError, match=r"nowhere\.tsv cannot be read"):
        load_thesaurus(tmp_path / "nowhere.tsv")
