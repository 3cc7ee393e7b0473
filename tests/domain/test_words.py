"""Words: what is left of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.words import MOST_LETTERS, initials, root, spelled_out, stem, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't panic!", ["dont", "panic"]),
        ("L'imprimante réseau", ["l", "imprimante", "reseau"]),
        ("dell’account", ["dell", "account"]),  # noqa: RUF001 - as phones type it
        ("TCP/IP-Stack (v4)", ["tcp", "ip", "stack", "v4"]),
        ("Größe", ["grosse"]),
        ("  ", []),
    ],
)
def test_text_becomes_words(text: str, words: list[str]) -> None:
    """Case, accents and punctuation go, contractions stay whole, elided articles are parted."""
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [("printers", "printer"), ("devices", "device"), ("cookies", "cookie"), ("updating", "updated"), ("teams", "team")],
)
def test_inflections_share_a_stem(one: str, other: str) -> None:
    """Plurals and English endings are cut."""
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("supprimer", "supprime"), ("drucken", "druckt")])
def test_verbs_share_a_root(one: str, other: str) -> None:
    """Conjugation in other languages is cut too."""
    assert root(one) == root(other)


@pytest.mark.parametrize("word", ["ios", "access", "bus", "gps"])
def test_short_words_and_double_s_stay(word: str) -> None:
    """What would be left says nothing."""
    assert stem(word) == word


def test_umlauts_are_spelled_out() -> None:
    """As on a keyboard without them."""
    assert spelled_out("Löschen über") == "loeschen ueber"
    assert initials(["out", "of", "office"]) == "ooo"


@given(st.text())
def test_words_are_bounded_and_stable(text: str) -> None:
    """Whatever comes, words are short, not empty, and stay what they are."""
    words = words_of(text)

    assert all(0 < len(word) <= MOST_LETTERS for word in words)
    assert all(stem(stem(word)) == stem(word) for word in words)
