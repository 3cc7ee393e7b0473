"""Every rule of Block Kit refuses what breaks it, and nothing else."""

import json
from typing import Any

import pytest

from bot.playground.slack.kit.reading import with_ids
from bot.playground.slack.kit.request import validate
from bot.playground.slack.kit.validate import check_message, check_options, check_view, is_too_large, metadata_error

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    """Return a mrkdwn text object."""
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> Json:
    """Return a section."""
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: Json) -> Json:
    """Return an actions block."""
    return {"type": "actions", "elements": list(elements)}


def button(**more: Any) -> Json:
    """Return a button."""
    return {"type": "button", "text": plain(), **more}


def option(value: str = "v", **more: Any) -> Json:
    """Return an option."""
    return {"text": plain(), "value": value, **more}


def select(**more: Any) -> Json:
    """Return a select with one option."""
    return {"type": "static_select", "options": [option()], **more}


def typed(element: Json | None = None, **more: Any) -> Json:
    """Return an input block."""
    element = element or {"type": "plain_text_input"}
    return {"type": "input", "label": plain(), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    """Return a modal."""
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks or [section()]), **more}


def confirm(**more: Any) -> Json:
    """Return a confirm dialog."""
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}


IMAGE: Json = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
TABLE: Json = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}

BAD_MESSAGES = {
    "unknown block": ({"type": "bloc"}, "/blocks/0/type"),
    "no type": ({"text": plain()}, "/blocks/0/type"),
    "no object": ("section", "/blocks/0"),
    "alert in a message": ({"type": "alert", "text": plain()}, "/blocks/0/type"),
    "unknown key": (section(foo=1), "/blocks/0"),
    "section without text": ({"type": "section"}, "/blocks/0"),
    "section text empty": (section(text=mrkdwn("")), "/blocks/0/text/text"),
    "section text 3001": (section(text=mrkdwn("x" * 3001)), "/blocks/0/text/text"),
    "section text a string": (section(text="x"), "/blocks/0/text"),
    "emoji in mrkdwn": (section(text=mrkdwn() | {"emoji": True}), "/blocks/0/text"),
    "fields 11": (section(fields=[mrkdwn()] * 11), "/blocks/0/fields"),
    "fields none": (section(fields=[]), "/blocks/0/fields"),
    "field text 2001": (section(fields=[mrkdwn("x" * 2001)]), "/blocks/0/fields/0/text"),
    "input in accessory": (section(accessory={"type": "plain_text_input"}), "/blocks/0/accessory/type"),
    "expand a string": (section(expand="yes"), "/blocks/0/expand"),
    "block_id 256": (section(block_id="x" * 256), "/blocks/0/block_id"),
    "header 151": ({"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
    "header mrkdwn": ({"type": "header", "text": mrkdwn()}, "/blocks/0/text/type"),
    "context 11": ({"type": "context", "elements": [mrkdwn()] * 11}, "/blocks/0/elements"),
    "context with a button": ({"type": "context", "elements": [button()]}, "/blocks/0/elements/0/type"),
    "actions 26": (actions(*[button()] * 26), "/blocks/0/elements"),
    "actions none": (actions(), "/blocks/0/elements"),
    "text input in actions": (actions({"type": "plain_text_input"}), "/blocks/0/elements/0/type"),
    "button text 76": (actions(button(text=plain("x" * 76))), "/blocks/0/elements/0/text/text"),
    "button text mrkdwn": (actions(button(text=mrkdwn())), "/blocks/0/elements/0/text/type"),
    "button without text": (actions({"type": "button"}), "/blocks/0/elements/0"),
    "button value 2001": (actions(button(value="x" * 2001)), "/blocks/0/elements/0/value"),
    "button value a number": (actions(button(value=1)), "/blocks/0/elements/0/value"),
    "button style": (actions(button(style="green")), "/blocks/0/elements/0/style"),
    "button url 3001": (actions(button(url="x" * 3001)), "/blocks/0/elements/0/url"),
    "action_id 256": (actions(button(action_id="x" * 256)), "/blocks/0/elements/0/action_id"),
    "accessibility label 76": (
        actions(button(accessibility_label="x" * 76)),
        "/blocks/0/elements/0/accessibility_label",
    ),
    "confirm without deny": (
        actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain()})),
        "/blocks/0/elements/0/confirm",
    ),
    "confirm title 101": (
        actions(button(confirm=confirm(title=plain("x" * 101)))),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    "confirm text 301": (
        actions(button(confirm=confirm(text=plain("x" * 301)))),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "confirm button 31": (
        actions(button(confirm=confirm(confirm=plain("x" * 31)))),
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "same action_id twice": (actions(button(action_id="a"), button(action_id="a")), "/blocks/0"),
    "overflow 6": (
        actions({"type": "overflow", "options": [option(str(i)) for i in range(6)]}),
        "/blocks/0/elements/0/options",
    ),
    "select without options": (actions({"type": "static_select"}), "/blocks/0/elements/0"),
    "select with 101 options": (actions(select(options=[option()] * 101)), "/blocks/0/elements/0/options"),
    "select with none": (actions(select(options=[])), "/blocks/0/elements/0/options"),
    "select with both": (
        actions(select(option_groups=[{"label": plain(), "options": [option()]}])),
        "/blocks/0/elements/0",
    ),
    "initial option elsewhere": (actions(select(initial_option=option("w"))), "/blocks/0/elements/0/initial_option"),
    "option text 76": (
        actions(select(options=[option(text=plain("x" * 76))])),
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "option text mrkdwn": (
        actions(select(options=[option(text=mrkdwn())])),
        "/blocks/0/elements/0/options/0/text/type",
    ),
    "option value 151": (actions(select(options=[option("x" * 151)])), "/blocks/0/elements/0/options/0/value"),
    "option without value": (actions(select(options=[{"text": plain()}])), "/blocks/0/elements/0/options/0"),
    "option description 76": (
        actions(select(options=[option(description=plain("x" * 76))])),
        "/blocks/0/elements/0/options/0/description/text",
    ),
    "group label 76": (
        actions({"type": "static_select", "option_groups": [{"label": plain("x" * 76), "options": [option()]}]}),
        "/blocks/0/elements/0/option_groups/0/label/text",
    ),
    "placeholder 151": (actions(select(placeholder=plain("x" * 151))), "/blocks/0/elements/0/placeholder/text"),
    "placeholder mrkdwn": (actions(select(placeholder=mrkdwn())), "/blocks/0/elements/0/placeholder/type"),
    "placeholder a string": (actions(select(placeholder="x")), "/blocks/0/elements/0/placeholder"),
    "min_query_length a string": (
        actions({"type": "external_select", "min_query_length": "3"}),
        "/blocks/0/elements/0/min_query_length",
    ),
    "checkboxes 11": (actions({"type": "checkboxes", "options": [option()] * 11}), "/blocks/0/elements/0/options"),
    "radio buttons none": (actions({"type": "radio_buttons", "options": []}), "/blocks/0/elements/0/options"),
    "bad date": (actions({"type": "datepicker", "initial_date": "1.2.2026"}), "/blocks/0/elements/0/initial_date"),
    "multi select of 0": (
        actions({"type": "multi_users_select", "max_selected_items": 0}),
        "/blocks/0/elements/0/max_selected_items",
    ),
    "image without alt text": (
        {"type": "image", "image_url": "https://example.com/a.png"},
        "/blocks/0",
    ),
    "image without address": ({"type": "image", "alt_text": "a"}, "/blocks/0"),
    "image in context without address": (
        {"type": "context", "elements": [{"type": "image", "alt_text": "a"}]},
        "/blocks/0/elements/0",
    ),
    "response_url outside of modals": (
        actions({"type": "channels_select", "response_url_enabled": True}),
        "/blocks/0/elements/0",
    ),
    "markdown 12001": ({"type": "markdown", "text": "x" * 12001}, "/blocks/0/text"),
    "table 101 rows": (TABLE | {"rows": TABLE["rows"] * 101}, "/blocks/0/rows"),
    "table 21 columns": (TABLE | {"rows": [[{"type": "raw_text", "text": "a"}] * 21]}, "/blocks/0/rows/0"),
    "column aligned oddly": (TABLE | {"column_settings": [{"align": "up"}]}, "/blocks/0/column_settings/0/align"),
    "card with nothing": ({"type": "card"}, "/blocks/0"),
    "container with 11 blocks": (
        {"type": "container", "title": plain(), "child_blocks": [section()] * 11},
        "/blocks/0/child_blocks",
    ),
    "initial text over max": (
        typed({"type": "plain_text_input", "max_length": 1, "initial_value": "xy"}),
        "/blocks/0/element/initial_value",
    ),
    "pending task outside a plan": (
        {"type": "task_card", "task_id": "1", "title": "t", "status": "pending"},
        "/blocks/0/status",
    ),
    "plan 51 tasks": (
        {"type": "plan", "title": "t", "tasks": [{"type": "task_card", "task_id": "1", "title": "t"}] * 51},
        "/blocks/0/tasks",
    ),
    "input label 2001": (typed(label=plain("x" * 2001)), "/blocks/0/label/text"),
    "input hint mrkdwn": (typed(hint=mrkdwn()), "/blocks/0/hint/type"),
    "input without element": ({"type": "input", "label": plain()}, "/blocks/0"),
    "button in an input": (typed(button()), "/blocks/0/element/type"),
    "max_length 3001": (typed({"type": "plain_text_input", "max_length": 3001}), "/blocks/0/element/max_length"),
    "min over max": (
        typed({"type": "plain_text_input", "min_length": 5, "max_length": 4}),
        "/blocks/0/element/min_length",
    ),
    "number without is_decimal_allowed": (typed({"type": "number_input"}), "/blocks/0/element"),
    "min_value a number": (
        typed({"type": "number_input", "is_decimal_allowed": False, "min_value": 1}),
        "/blocks/0/element/min_value",
    ),
    "file input outside an input": (actions({"type": "file_input"}), "/blocks/0/elements/0/type"),
}

BAD_SETS = {
    "51 blocks": ([{"type": "divider"}] * 51, "/blocks"),
    "same block_id twice": ([section(block_id="a"), section(block_id="a")], "/blocks"),
    "two tables": ([TABLE, TABLE], "/blocks"),
    "markdown 12001 together": ([{"type": "markdown", "text": "x" * 6001}] * 2, "/blocks"),
}

BAD_VIEWS = {
    "no title": ({"type": "modal", "blocks": [section()]}, "/view"),
    "no blocks": ({"type": "modal", "title": plain()}, "/view"),
    "empty blocks": (modal(blocks=[]), "/view/blocks"),
    "wrong type": (modal(type="home"), "/view/type"),
    "title 25": (modal(title=plain("x" * 25)), "/view/title/text"),
    "title mrkdwn": (modal(title=mrkdwn()), "/view/title/type"),
    "submit 25": (modal(submit=plain("x" * 25)), "/view/submit/text"),
    "close 25": (modal(close=plain("x" * 25)), "/view/close/text"),
    "private_metadata 3001": (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    "private_metadata an object": (modal(private_metadata={}), "/view/private_metadata"),
    "callback_id 256": (modal(callback_id="x" * 256), "/view/callback_id"),
    "external_id 256": (modal(external_id="x" * 256), "/view/external_id"),
    "unknown key": (modal(id="V1"), "/view"),
    "101 blocks": (modal(*[{"type": "divider"}] * 101), "/view/blocks"),
    "input without submit": ({"type": "modal", "title": plain(), "blocks": [typed()]}, "/view"),
    "table in a modal": (modal(TABLE), "/view/blocks/0/type"),
    "markdown in a modal": (modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    "alert 201": (modal({"type": "alert", "text": plain("x" * 201)}), "/view/blocks/0/text/text"),
    "two with focus": (
        modal(*[typed({"type": "plain_text_input", "focus_on_load": True})] * 2),
        "/view/blocks",
    ),
    "same block_id twice": (modal(section(block_id="a"), section(block_id="a")), "/view/blocks"),
}

GOOD = [
    section(block_id="b", accessory=button(url="https://example.com", style="danger", confirm=confirm(style="danger"))),
    section(text=mrkdwn("x" * 3000) | {"verbatim": True}, expand=True),
    section(text=plain() | {"emoji": True}),
    {"type": "section", "fields": [mrkdwn("x" * 2000)] * 10},
    section(accessory=IMAGE),
    actions(*[button(action_id=str(i), value="x" * 2000, accessibility_label="y") for i in range(25)]),
    actions(select(initial_option=option(), placeholder=plain(), focus_on_load=True, confirm=confirm())),
    actions({"type": "external_select", "min_query_length": 0, "initial_option": option("not checked")}),
    actions({"type": "overflow", "options": [option(url="https://example.com")]}),
    actions({"type": "checkboxes", "options": [option(text=mrkdwn(), description=mrkdwn())]}),
    actions(
        {"type": "datetimepicker", "initial_date_time": 1790000000}, {"type": "timepicker", "initial_time": "09:00"}
    ),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "context", "elements": [IMAGE, mrkdwn(), plain()]},
    {"type": "divider"},
    IMAGE | {"title": plain()},
    typed(dispatch_action=True, optional=True, hint=plain()),
    typed(
        {
            "type": "plain_text_input",
            "multiline": True,
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        }
    ),
    typed({"type": "number_input", "is_decimal_allowed": True, "min_value": "1"}),
    typed(
        {
            "type": "multi_static_select",
            "option_groups": [{"label": plain(), "options": [option()]}],
            "max_selected_items": 2,
        }
    ),
    {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
    },
]
GOOD_IN_MESSAGES = [
    TABLE | {"column_settings": [{"align": "right", "is_wrapped": True}]},
    {"type": "container", "title": plain(), "child_blocks": [section()], "width": "wide"},
    {"type": "carousel", "elements": [{"type": "card", "title": plain()}]},
    TABLE,
    {"type": "plan", "title": "t", "tasks": [{"type": "task_card", "task_id": "1", "title": "t", "status": "pending"}]},
    {"type": "markdown", "text": "**x**"},
]


@pytest.mark.parametrize(("block", "pointer"), BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
def test_message_refuses(block: Any, pointer: str) -> None:
    """A message with a block that breaks a rule is refused, and the place is named."""
    errors = check_message([block])

    assert any(f"[json-pointer:{pointer}]" in error for error in errors), errors


@pytest.mark.parametrize(("blocks", "pointer"), BAD_SETS.values(), ids=BAD_SETS.keys())
def test_message_refuses_together(blocks: list[Json], pointer: str) -> None:
    """Blocks that break a rule together are refused."""
    assert any(f"[json-pointer:{pointer}]" in error for error in check_message(blocks))


@pytest.mark.parametrize(("view", "pointer"), BAD_VIEWS.values(), ids=BAD_VIEWS.keys())
def test_view_refuses(view: Json, pointer: str) -> None:
    """A view that breaks a rule is refused, and the place is named."""
    errors = check_view(view, "modal")

    assert any(f"[json-pointer:{pointer}]" in error for error in errors), errors


@pytest.mark.parametrize("block", GOOD)
def test_good_blocks_pass_everywhere(block: Json) -> None:
    """What Slack accepts passes, in messages and in modals."""
    assert check_message([block]) == []
    assert check_view(modal(block), "modal") == []


@pytest.mark.parametrize("block", GOOD_IN_MESSAGES)
def test_good_blocks_pass_in_messages(block: Json) -> None:
    """What Slack accepts in messages passes there."""
    assert check_message([block]) == []


def test_alert_passes_in_a_modal() -> None:
    """An alert may stand in a modal."""
    assert check_view(modal({"type": "alert", "text": mrkdwn(), "level": "warning"}), "modal") == []


def test_home_needs_no_title() -> None:
    """A Home tab is checked by its own rules."""
    assert check_view({"type": "home", "blocks": [section()]}, "home") == []
    assert check_view({"type": "home", "blocks": [section()], "title": plain()}, "home") != []


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        {"text": "sorry"},
        {"options": [option()] * 101},
        {"options": [option("x" * 151)]},
        {"options": [option(text=mrkdwn())]},
        {"option_groups": [{"label": plain(), "options": []}]},
        {"options": [], "option_groups": []},
    ],
)
def test_options_refuse(payload: Any) -> None:
    """An answer to a type-ahead that Slack would not show is refused."""
    assert check_options(payload) != []


def test_options_may_be_none() -> None:
    """No match is a good answer."""
    assert check_options({"options": []}) == []
    assert check_options({"options": [option()] * 100}) == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"blocks": json.dumps([section()])}, None),
        ({"blocks": [section(), {"type": "alert", "text": plain()}]}, None),
        ({"message": json.dumps({"text": "x", "blocks": [section()]})}, None),
        ({"view": json.dumps(modal())}, None),
        ({"view": {"type": "home", "blocks": [section()]}}, None),
        ({"blocks": "[{"}, "invalid_blocks"),
        ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"message": {}}, "invalid_message"),
        ({"message": {"text": "x", "metadata": {"event_type": "a"}}}, "invalid_message"),
        ({"message": "[]"}, "invalid_message"),
        ({"view": modal(private_metadata="x" * 3001)}, "invalid_view"),
        ({"view": {"type": "panel"}}, "invalid_view"),
        ({"view": modal(*[section(text=mrkdwn("x" * 3000))] * 99)}, "invalid_view"),
        ({}, "invalid_arguments"),
        ({"blocks": "[]", "view": "{}"}, "invalid_arguments"),
    ],
)
def test_validation_answers_as_slack_does(arguments: Json, error: str | None) -> None:
    """blocks.validate takes exactly one thing, as text or parsed, and names the error."""
    answer = validate(arguments)

    assert answer["ok"] is (error is None)
    assert answer.get("error") == error


def test_validation_describes_each_problem() -> None:
    """A problem has a code, a message, a pointer, and the constraint or the field."""
    answer = validate({"blocks": [{"type": "header", "text": plain("x" * 151)}, {"type": "header"}]})

    assert answer["errors"] == [
        {
            "code": "failed_constraint",
            "message": "must be less than 151 characters",
            "pointer": "/blocks/0/text/text",
            "constraint": {"type": "max_length", "expected": 150, "got": 151},
        },
        {
            "code": "missing_field",
            "message": "missing required field: text",
            "pointer": "/blocks/1",
            "field": "text",
        },
    ]


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        (None, ""),
        ({"event_type": "run", "event_payload": {"id": 1}}, ""),
        ({"event_type": "run"}, "invalid_metadata_format"),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "run", "event_payload": "x"}, "invalid_metadata_format"),
        ({"event_type": "run", "event_payload": {"x": "x" * 16_000}}, "metadata_too_large"),
    ],
)
def test_metadata_is_checked(metadata: Any, error: str) -> None:
    """Metadata needs a type and an object, and may not be too large."""
    assert metadata_error(metadata) == error


def test_ids_are_filled_in_within_other_blocks() -> None:
    """Blocks in a container and buttons on the cards of a carousel get their ids too."""
    card = {"type": "card", "title": plain(), "actions": [button()]}
    given: list[Json] = [
        {"type": "container", "title": plain(), "child_blocks": [actions(button())]},
        {"type": "carousel", "elements": [card]},
    ]

    container, carousel = with_ids(given, iter("abcdefgh").__next__)

    inner = container["child_blocks"][0]
    assert {inner["block_id"], inner["elements"][0]["action_id"]} < set("abcdefgh")
    assert carousel["elements"][0]["actions"][0]["action_id"] in set("abcdefgh")


def test_view_is_too_large_by_its_bytes() -> None:
    """A view is counted in bytes of JSON, with its own text in it."""
    assert not is_too_large(modal())
    assert is_too_large(modal(*[section(text=mrkdwn("x" * 3000))] * 99))


def test_half_a_character_is_measured() -> None:
    """A lone surrogate, which JSON can carry, is no reason to fail."""
    view = {"type": "home", "blocks": [{"type": "divider"}], "private_metadata": "\ud800"}

    assert (check_view(view, "home"), is_too_large(view)) == ([], False)
