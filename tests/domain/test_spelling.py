"""Spelling: slips find what was meant."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.domain.spelling import LEAST_LETTERS, Spelling, is_other_beginning

LETTERS = "abcdeorst"
WORDS = st.text(LETTERS, min_size=LEAST_LETTERS, max_size=10)


@given(st.sets(WORDS, min_size=1, max_size=30), WORDS)
def test_one_slip_is_always_found(known: set[str], typed: str) -> None:
    """Exactly the words one slip away are found, if there are any; another first letter makes another word."""
    near = {word for word in known if OSA.distance(word, typed) <= 1 and not is_other_beginning(word, typed)}

    found = Spelling(known).near(typed)

    if near:
        assert set(found) == near


def test_two_slips_are_found_in_long_words() -> None:
    """A short word with two slips is another word."""
    spelling = Spelling(["onedrive", "authenticator", "word"])

    assert list(spelling.near("onderiv")) == ["onedrive"]
    assert list(spelling.near("autenticatr")) == ["authenticator"]
    assert spelling.near("wrod") == {"word": 0.9}
    assert spelling.near("wxyz") == {}
    assert spelling.near("wor") == {}
