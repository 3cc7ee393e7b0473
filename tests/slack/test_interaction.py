"""Interactions: every payload of Slack's becomes who did what, where."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.interaction import Interaction, Kind, read_interaction, typed_words

USER = {"user": {"id": "U1", "name": "ada"}}
VIEW = {"id": "V1", "callback_id": "run.form", "private_metadata": "{}", "state": {"values": {}}}


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (
            {
                "command": "/fix",
                "user_id": "U1",
                "channel_id": "C1",
                "trigger_id": "T1",
                "response_url": "https://r",
                "text": "  my vpn  ",
            },
            Interaction(
                kind=Kind.COMMAND,
                name="/fix",
                slack_id="U1",
                channel_id="C1",
                trigger_id="T1",
                response_url="https://r",
                text="my vpn",
            ),
        ),
        (
            {
                "type": "block_actions",
                **USER,
                "channel": {"id": "C1"},
                "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1"},
                "trigger_id": "T1",
                "response_url": "https://r",
                "actions": [{"action_id": "approval.approve", "value": "r-1", "action_ts": "3.4"}],
            },
            Interaction(
                kind=Kind.ACTION,
                name="approval.approve",
                slack_id="U1",
                channel_id="C1",
                trigger_id="T1",
                response_url="https://r",
                action={"action_id": "approval.approve", "value": "r-1", "action_ts": "3.4"},
                message_ts="1.2",
            ),
        ),
        (
            {
                "type": "block_actions",
                **USER,
                "container": {"type": "view", "view_id": "V1"},
                "view": VIEW,
                "actions": [{"action_id": "run.workflow", "selected_option": {"value": "#a"}}],
            },
            Interaction(
                kind=Kind.ACTION,
                name="run.workflow",
                slack_id="U1",
                action={"action_id": "run.workflow", "selected_option": {"value": "#a"}},
                view=VIEW,
            ),
        ),
        (
            {
                "type": "block_suggestion",
                **USER,
                "action_id": "run.option",
                "block_id": "b",
                "value": "vp",
                "view": VIEW,
            },
            Interaction(kind=Kind.OPTIONS, name="run.option", slack_id="U1", text="vp", view=VIEW, block_id="b"),
        ),
        (
            {"type": "view_submission", **USER, "view": VIEW, "trigger_id": "T1", "response_urls": []},
            Interaction(kind=Kind.SUBMISSION, name="run.form", slack_id="U1", trigger_id="T1", view=VIEW),
        ),
        (
            {"type": "view_closed", **USER, "view": VIEW, "is_cleared": False},
            Interaction(kind=Kind.CLOSED, name="run.form", slack_id="U1", view=VIEW),
        ),
        (
            {"type": "shortcut", **USER, "callback_id": "search.open", "trigger_id": "T1"},
            Interaction(kind=Kind.SHORTCUT, name="search.open", slack_id="U1", trigger_id="T1"),
        ),
        (
            {"type": "message_action", **USER, "callback_id": "search.message", "channel": {"id": "C1"}},
            Interaction(kind=Kind.MESSAGE_SHORTCUT, name="search.message", slack_id="U1", channel_id="C1"),
        ),
        ({"type": "brand_new", **USER}, Interaction(kind=Kind.OTHER, name="", slack_id="U1")),
        ({}, Interaction(kind=Kind.OTHER, name="", slack_id="")),
    ],
)
def test_payload_says_who_did_what_where(body: dict[str, Any], read: Interaction) -> None:
    """What is missing is empty, and an unknown kind is not a fault."""
    assert read_interaction(body) == read


@pytest.mark.parametrize("part", ["user", "channel", "container", "view", "actions", "value", "callback_id"])
def test_null_is_as_good_as_missing(part: str) -> None:
    """Slack sends null for some where there is nothing."""
    assert read_interaction({"type": "block_actions", part: None}) == read_interaction({"type": "block_actions"})


def test_interaction_knows_its_modal() -> None:
    """One in a message has none."""
    assert read_interaction({"type": "view_submission", "view": VIEW}).view_id == "V1"
    assert read_interaction({"type": "block_actions"}).view_id == ""


@pytest.mark.parametrize(
    ("body", "occurrence"),
    [
        ({"type": "block_actions", "trigger_id": "T1", "actions": [{"action_id": "a", "action_ts": "3.4"}]}, "3.4"),
        ({"type": "block_actions", "trigger_id": "T1", "actions": [{"action_id": "a"}]}, "T1"),
        ({"type": "block_actions", "trigger_id": "T1", "actions": [{"action_id": "a", "action_ts": None}]}, "T1"),
        ({"type": "view_submission", "trigger_id": "T1", "view": VIEW}, "T1"),
        ({"type": "block_actions"}, ""),
    ],
)
def test_press_has_a_name_of_its_own(body: dict[str, Any], occurrence: str) -> None:
    """When it was pressed, else the id that came with it: the same when it is delivered twice."""
    assert read_interaction(body).occurrence == occurrence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  my   vpn\nis slow ", "my vpn is slow"),
        ("<@U123|ada> says <#C1|general> is slow", "says is slow"),
        ("<!channel> help", "help"),
        ("see <https://example.com|the page> please", "see the page please"),
        ("see <https://example.com>", "see https://example.com"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("", ""),
    ],
)
def test_typed_words_are_what_a_person_wrote(text: str, words: str) -> None:
    """Mentions go, links keep their words, entities become characters once."""
    assert typed_words(text) == words


@given(st.text())
@settings(deadline=None)
def test_any_text_can_be_typed(text: str) -> None:
    """It ends up on one line."""
    words = typed_words(text)

    assert words == " ".join(words.split())
