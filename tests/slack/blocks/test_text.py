"""Text for Slack: never parsed, never too long, never blank."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.blocks.text import MESSAGE_TEXT, escape, fallback, fields, header, option, plain, shorten
from tests.slack.blocks.texts import TEXTS


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U1|ada>", "&lt;@U1|ada&gt;"),
        ("a & b", "a &amp; b"),
        ("&amp;", "&amp;amp;"),
        ("plain", "plain"),
    ],
)
def test_characters_that_mean_something_are_escaped(text: str, escaped: str) -> None:
    """Neither a mention nor a link nor an entity survives."""
    assert escape(text) == escaped


@given(TEXTS)
@settings(deadline=None)
def test_escaped_text_is_shown_as_it_was(text: str) -> None:
    """Slack undoes exactly what was done."""
    escaped = escape(text)

    assert not set("<>") & set(escaped)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(TEXTS, st.integers(1, 200))
@settings(deadline=None)
def test_shortened_text_keeps_its_beginning(text: str, limit: int) -> None:
    """What fits stays; what does not ends in an ellipsis, within the limit."""
    short = shorten(text, limit)

    assert len(short) <= limit
    assert short == text if len(text) <= limit else short.endswith("…")
    assert text.startswith(short.removesuffix("…"))


@given(st.lists(TEXTS, max_size=4).map("\n".join))
@settings(deadline=None)
def test_text_of_a_message_fits_after_it_was_escaped(text: str) -> None:
    """No entity is cut in two, and what is there is the beginning."""
    short = fallback(text)

    assert len(short) <= MESSAGE_TEXT
    assert re.fullmatch(r"(?:[^<>&]|&amp;|&lt;|&gt;)*", short)
    assert escape(text).startswith(short.removesuffix("…"))


@pytest.mark.parametrize("text", ["&" * 5000, "<" * 4001, "x" * 4001, "💥" * 9000])
def test_long_text_of_a_message_is_not_cut_more_than_it_needs(text: str) -> None:
    """Most of the room is used."""
    assert len(fallback(text)) > MESSAGE_TEXT * 0.9


@given(TEXTS, st.integers(1, 200))
@settings(deadline=None)
def test_plain_text_is_never_blank_or_parsed(text: str, limit: int) -> None:
    """Slack refuses blank text, and turns no emoji code of a stranger into a picture."""
    made = plain(text, limit)

    assert made["type"] == "plain_text"
    assert made["emoji"] is False
    assert 1 <= len(made["text"]) <= limit
    assert made["text"].strip()


def test_header_stands_on_one_line() -> None:
    """Line breaks become blanks."""
    assert header("Reset\n  VPN ")["text"]["text"] == "Reset VPN"


@pytest.mark.parametrize(
    ("count", "shown", "last"), [(1, 1, "0"), (10, 10, "9"), (11, 10, "and 2 more"), (40, 10, "and 31 more")]
)
def test_fields_beyond_ten_are_counted(count: int, shown: int, last: str) -> None:
    """Nothing is left out without a word."""
    texts = [one["text"] for one in fields([str(number) for number in range(count)])["fields"]]

    assert (len(texts), texts[-1]) == (shown, last)


def test_option_has_a_description_only_if_there_is_one() -> None:
    """A blank one would be shown as a dash."""
    assert "description" not in option("Reset VPN", "#vpn", "  ")
    assert option("Reset VPN", "#vpn", "Anew")["description"]["text"] == "Anew"
