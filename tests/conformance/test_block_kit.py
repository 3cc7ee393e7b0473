"""The local Slack refuses what independent validators refuse, and accepts what is good."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slackblocks import _limits as slackblocks_limits

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.limits import Limit
from bot.playground.slack.kit.validate import check_message, check_view
from tests.conformance.block_kit_adapters import VALIDATORS, Sample, refusal
from tests.conformance.block_kit_differences import (
    ACCEPTED_ELSEWHERE,
    OTHER_NUMBERS,
    REFUSED_ELSEWHERE,
    REFUSED_HERE,
    Difference,
    as_rows,
)
from tests.conformance.block_kit_fixtures import fixtures
from tests.conformance.block_kit_limits import AT_LIMIT, OTHERWISE
from tests.conformance.block_kit_parts import actions, message, plain, section, select
from tests.conformance.block_kit_samples import INVALID, VALID

_DOCS = Path(__file__).parents[2] / "docs" / "local-slack.md"
LIMITS = {name: limit for name, limit in vars(limits).items() if isinstance(limit, Limit)}
# Names in slackblocks of limits that are called otherwise here.
SYNONYMS = {
    "BLOCKS_IN_MESSAGE": "MESSAGE_BLOCKS",
    "BLOCKS_IN_VIEW": "VIEW_BLOCKS",
    "ATTACHMENTS": "MESSAGE_ATTACHMENTS",
    "CALLBACK_ID": "VIEW_CALLBACK_ID",
    "EXTERNAL_ID": "VIEW_EXTERNAL_ID",
    "PRIVATE_METADATA": "VIEW_PRIVATE_METADATA",
    "SECTION_FIELD": "SECTION_FIELDS_ITEM",
    "HEADER": "HEADER_TEXT",
    "IMAGE_URL": "IMAGE_IMAGE_URL",
    "IMAGE_ALT": "IMAGE_ALT_TEXT",
    "MARKDOWN_IN_MESSAGE": "MARKDOWN_TOTAL_TEXT",
    "VIDEO_AUTHOR": "VIDEO_AUTHOR_NAME",
    "VIDEO_PROVIDER": "VIDEO_PROVIDER_NAME",
    "VIDEO_URL": "VIDEO_VIDEO_URL",
    "VIDEO_ALT": "VIDEO_ALT_TEXT",
    "CARD_BUTTONS": "CARD_ACTIONS",
    "CAROUSEL_CARDS": "CAROUSEL_ELEMENTS",
    "CONTAINER_BLOCKS": "CONTAINER_CHILD_BLOCKS",
    "TABLE_SETTINGS": "TABLE_COLUMN_SETTINGS",
    "DATA_TABLE_PAGE": "DATA_TABLE_PAGE_SIZE",
    "DATA_TABLE_CHARACTERS": "DATA_TABLE_CONTENT",
    "CHARTS_IN_MESSAGE": "MESSAGE_DATA_VISUALIZATIONS",
    "CHART_TITLE": "DATA_VISUALIZATION_TITLE",
    "CHART_SEGMENTS": "DATA_VISUALIZATION_SEGMENTS",
    "CHART_LABEL": "DATA_VISUALIZATION_POINT_LABEL",
    "CHART_SERIES": "DATA_VISUALIZATION_SERIES",
    "CHART_SERIES_NAME": "DATA_VISUALIZATION_SERIES_NAME",
    "CHART_POINTS": "DATA_VISUALIZATION_DATA",
    "CHART_CATEGORIES": "DATA_VISUALIZATION_CATEGORIES",
    "CHART_AXIS_LABEL": "DATA_VISUALIZATION_AXIS_LABEL",
    "RICH_LIST_INDENT": "RICH_TEXT_LIST_INDENT",
    "RICH_BORDER": "RICH_TEXT_QUOTE_BORDER",
    "AGENT_PROMPT": "BUTTON_AGENT_PROMPT",
    "ACCESSIBILITY_LABEL": "BUTTON_ACCESSIBILITY_LABEL",
    "FEEDBACK_TEXT": "FEEDBACK_BUTTON_TEXT",
    "FEEDBACK_VALUE": "FEEDBACK_BUTTON_VALUE",
    "VISIBLE_TO": "ICON_BUTTON_VISIBLE_TO_USER_IDS",
    "PLACEHOLDER": "SELECT_PLACEHOLDER",
    "OPTIONS": "SELECT_OPTIONS",
    "OPTION_GROUPS": "SELECT_OPTION_GROUPS",
    "CHECKBOXES": "CHECKBOXES_OPTIONS",
    "RADIO_BUTTONS": "RADIO_BUTTONS_OPTIONS",
    "GROUP_LABEL": "OPTION_GROUP_LABEL",
    "GROUP_OPTIONS": "OPTION_GROUP_OPTIONS",
    "MIN_LENGTH": "PLAIN_TEXT_INPUT_MIN_LENGTH",
    "MAX_LENGTH": "PLAIN_TEXT_INPUT_MAX_LENGTH",
    "FILES": "FILE_INPUT_MAX_FILES",
    "RICH_INPUT_LINES": "RICH_TEXT_INPUT_MAX_LINES",
    "CONFIRM_TITLE": "CONFIRMATION_TITLE",
    "CONFIRM_TEXT": "CONFIRMATION_TEXT",
    "CONFIRM_BUTTON": "CONFIRMATION_CONFIRM",
    "CONFIRM_DENY": "CONFIRMATION_DENY",
    "TRIGGER_ACTIONS": "DISPATCH_ACTION_CONFIGURATION_TRIGGER_ACTIONS_ON",
}
# Limits of which slackblocks keeps no number.
OWN = {"TABLES_IN_MESSAGE", "FILTER_INCLUDE", "UPDATE_TEXT", "METADATA_BYTES", "VIEW_BYTES"}


def ours(sample: Sample) -> list[str]:
    """Return what the local Slack finds wrong with a sample."""
    if sample.surface == "message":
        return check_message(sample.value["blocks"], sample.value.get("attachments"))
    return check_view(sample.value, sample.surface)


def _within_limits() -> Iterator[tuple[str, Sample]]:
    for name, make in AT_LIMIT.items():
        for count in (LIMITS[name].minimum, LIMITS[name].maximum):
            yield f"{name} {count}", make(count)


ACCEPTED: Mapping[str, Sample] = {**VALID, **dict(_within_limits())}


def _other_number(name: str) -> str:
    theirs = SYNONYMS.get(name, name)
    known = [f"{theirs}_{suffix}" for suffix in ("MAX_LENGTH", "MAX_ITEMS", "MAX", "ITEM_MAX_LENGTH")]
    constant = next(constant for constant in known if hasattr(slackblocks_limits, constant))
    return "" if getattr(slackblocks_limits, constant) == LIMITS[name].maximum else constant


@pytest.mark.parametrize("name", INVALID)
def test_invalid_is_refused(name: str) -> None:
    """What breaks a rule is refused."""
    assert ours(INVALID[name]) != []


@pytest.mark.parametrize("name", ACCEPTED)
def test_valid_is_accepted(name: str) -> None:
    """What Slack accepts passes, at the least and the most of every limit too."""
    assert ours(ACCEPTED[name]) == []


@pytest.mark.parametrize("name", AT_LIMIT)
def test_limit_is_kept(name: str) -> None:
    """One more than the most and one fewer than the least is refused."""
    limit = LIMITS[name]

    assert ours(AT_LIMIT[name](limit.maximum + 1)) != []
    if limit.minimum > 0:
        assert ours(AT_LIMIT[name](limit.minimum - 1)) != []


def test_every_limit_has_a_sample() -> None:
    """No limit stands in the table that is not tried."""
    assert LIMITS.keys() == AT_LIMIT.keys() | OTHERWISE
    assert all(limit.page.startswith("https://docs.slack.dev/") for limit in LIMITS.values())


def test_what_a_validator_refuses_is_refused() -> None:
    """What one validator refuses we refuse, but for the differences that Slack's pages settle."""
    found = {(who, case) for case, sample in ACCEPTED.items() for who in VALIDATORS if refusal(who, sample)}

    assert found == {(entry.validator, entry.case) for entry in REFUSED_ELSEWHERE}


def test_what_a_validator_builds_is_accepted() -> None:
    """What blockkit's own tests build passes, but for the differences that Slack's pages settle."""
    found = {case for case, sample in fixtures().items() if ours(sample)}

    assert found == {entry.case for entry in REFUSED_HERE}


@pytest.mark.parametrize("entry", ACCEPTED_ELSEWHERE, ids=lambda entry: f"{entry.validator} {entry.case}")
def test_what_a_validator_takes_as_good_is_refused(entry: Difference) -> None:
    """Where Slack's pages settle it, what a validator takes as good is refused, and the difference still exists."""
    sample = INVALID[entry.case]

    assert ours(sample) != []
    assert refusal(entry.validator, sample) == ""


def test_numbers_are_those_of_slackblocks() -> None:
    """Every limit has the number that slackblocks keeps, but for the differences that Slack's pages settle."""
    found = {_other_number(name) for name in LIMITS.keys() - OWN} - {""}

    assert found == {entry.case for entry in OTHER_NUMBERS}


def test_validators_have_an_opinion() -> None:
    """The validators refuse most of what breaks a rule, so the adapters do speak to them."""
    known = [name for name, sample in INVALID.items() if any(refusal(who, sample) for who in VALIDATORS)]

    assert len(known) > 150


def test_differences_stand_in_the_documentation() -> None:
    """Every difference can be read in docs/local-slack.md, and none that is over."""
    section_text = _DOCS.read_text().partition("## Where validators differ")[2].partition("\n## ")[0]
    rows = [line for line in section_text.splitlines() if line.startswith("| ")][1:]

    assert rows == as_rows()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON)
def test_any_json_gets_an_answer(value: object) -> None:
    """Whatever stands where a block, a text or an element should is answered, not stumbled over."""
    assert check_message([value], []) != []
    assert ours(message(section(text=value))) != [] or value is None
    assert ours(message(actions(select(placeholder=value)))) != [] or value is None


@given(st.text(min_size=1, max_size=80))
def test_button_texts_are_counted_as_slackblocks_counts(text: str) -> None:
    """Lengths count code points, whatever the script."""
    sample = message(actions({"type": "button", "text": plain(text), "action_id": "a"}))

    assert bool(ours(sample)) == bool(refusal("slackblocks", sample)) == (len(text) > limits.BUTTON_TEXT.maximum)
