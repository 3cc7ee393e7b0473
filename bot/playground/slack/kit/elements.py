"""What each element may hold.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Iterator, Mapping

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.frame import element
from bot.playground.slack.kit.inputs import INPUTS
from bot.playground.slack.kit.objects import (
    CHECK_OPTION,
    CONFIRM,
    FILTER,
    IMAGE,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    PLAIN,
    STYLE,
    WORKFLOW,
    Text,
)
from bot.playground.slack.kit.problem import Problem, broken, missing
from bot.playground.slack.kit.schema import Check, Fields, Flag, Items, Json, Number, Rule, String, only_one_of

_PLACEHOLDER = Text(limits.PLACEHOLDER, PLAIN)


def _initial_among_options(choice: Json, at: str) -> Iterator[Problem]:
    offered = [*(choice.get("options") or [])]
    for group in choice.get("option_groups") or []:
        offered += group["options"]
    chosen = choice.get("initial_option")
    if chosen is not None and chosen not in offered:
        message = "initial_option must match one of the options exactly"
        yield broken(message, f"{at}/initial_option", "among_options", offered, chosen)
    for index, option in enumerate(choice.get("initial_options") or []):
        if option not in offered:
            message = "initial_options must match options exactly"
            yield broken(message, f"{at}/initial_options/{index}", "among_options", offered, option)


def _prompt_for_display(button: Json, at: str) -> Iterator[Problem]:
    if button.get("agent_prompt_display") is not None and button.get("agent_prompt") is None:
        yield missing("agent_prompt", at, " (required with agent_prompt_display)")


def _choice(fields: Mapping[str, Rule], required: tuple[str, ...] = (), checks: tuple[Check, ...] = ()) -> Fields:
    return element({"confirm": CONFIRM, "focus_on_load": Flag(), **fields}, required, checks)


def _select(fields: Mapping[str, Rule], checks: tuple[Check, ...] = ()) -> Fields:
    return _choice({"placeholder": _PLACEHOLDER, **fields}, checks=checks)


def _multi(fields: Mapping[str, Rule], checks: tuple[Check, ...] = ()) -> Fields:
    return _select({"max_selected_items": Number(1), **fields}, checks)


_OPTIONS = Items(OPTION, limits.OPTIONS)
# A hundred groups of a hundred options hold more than a hundred, and so may what is chosen among them.
_INITIAL = Items(OPTION)
_STATIC: Mapping[str, Rule] = {"options": _OPTIONS, "option_groups": Items(OPTION_GROUP, limits.OPTION_GROUPS)}
_STATIC_CHECKS = (only_one_of("options", "option_groups"), _initial_among_options)
_EXTERNAL: Mapping[str, Rule] = {"min_query_length": Number(0)}
_CONVERSATIONS: Mapping[str, Rule] = {"default_to_current_conversation": Flag(), "filter": FILTER}
_RESPONSE_URL: Mapping[str, Rule] = {"response_url_enabled": Flag()}
_LABEL: Mapping[str, Rule] = {"accessibility_label": String(limits.ACCESSIBILITY_LABEL)}
_FEEDBACK = Fields(
    {"text": Text(limits.FEEDBACK_TEXT, PLAIN), "value": String(limits.FEEDBACK_VALUE), **_LABEL},
    ("text", "value"),
)

SELECTS: Mapping[str, Rule] = {
    "static_select": _select({**_STATIC, "initial_option": OPTION}, _STATIC_CHECKS),
    "multi_static_select": _multi({**_STATIC, "initial_options": _INITIAL}, _STATIC_CHECKS),
    "external_select": _select({**_EXTERNAL, "initial_option": OPTION}),
    "multi_external_select": _multi({**_EXTERNAL, "initial_options": _INITIAL}),
    "users_select": _select({"initial_user": String()}),
    "multi_users_select": _multi({"initial_users": Items(String())}),
    "conversations_select": _select({**_CONVERSATIONS, **_RESPONSE_URL, "initial_conversation": String()}),
    "multi_conversations_select": _multi({**_CONVERSATIONS, "initial_conversations": Items(String())}),
    "channels_select": _select({**_RESPONSE_URL, "initial_channel": String()}),
    "multi_channels_select": _multi({"initial_channels": Items(String())}),
}
BUTTONS: Mapping[str, Rule] = {
    "button": element(
        {
            **_LABEL,
            "text": Text(limits.BUTTON_TEXT, PLAIN),
            "style": STYLE,
            "url": String(limits.BUTTON_URL),
            "value": String(limits.BUTTON_VALUE),
            "confirm": CONFIRM,
            "agent_prompt": String(limits.AGENT_PROMPT),
            "agent_prompt_display": String(),
        },
        ("text",),
        (_prompt_for_display,),
    ),
    "workflow_button": element(
        {**_LABEL, "text": Text(limits.WORKFLOW_BUTTON_TEXT, PLAIN), "style": STYLE, "workflow": WORKFLOW},
        ("action_id", "text", "workflow"),
    ),
    "feedback_buttons": element(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        ("positive_button", "negative_button"),
    ),
    "icon_button": element(
        {
            **_LABEL,
            "text": Text(limits.BUTTON_TEXT, PLAIN),
            "icon": String(choices=("trash",)),
            "value": String(limits.BUTTON_VALUE),
            "confirm": CONFIRM,
            "visible_to_user_ids": Items(String(), limits.VISIBLE_TO),
        },
        ("icon", "text"),
    ),
}
ELEMENTS: Mapping[str, Rule] = {
    **BUTTONS,
    **SELECTS,
    **INPUTS,
    "checkboxes": _choice(
        {
            "options": Items(CHECK_OPTION, limits.CHECKBOXES),
            "initial_options": Items(CHECK_OPTION, limits.CHECKBOXES),
        },
        ("options",),
        (_initial_among_options,),
    ),
    "radio_buttons": _choice(
        {"options": Items(CHECK_OPTION, limits.RADIO_BUTTONS), "initial_option": CHECK_OPTION},
        ("options",),
        (_initial_among_options,),
    ),
    "overflow": element({"options": Items(OVERFLOW_OPTION, limits.OVERFLOW_OPTIONS), "confirm": CONFIRM}, ("options",)),
    "image": IMAGE,
}
