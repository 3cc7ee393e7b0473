"""The composition objects: texts, options, confirmations, filters, files.

https://docs.slack.dev/reference/block-kit/composition-objects
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.limits import Limit
from bot.playground.slack.kit.problem import Problem, broken, wrong_type
from bot.playground.slack.kit.schema import Fields, Flag, Items, Rule, String, at_least_one_of, only_one_of

TEXT_KINDS = ("plain_text", "mrkdwn")
PLAIN = ("plain_text",)
MRKDWN = ("mrkdwn",)
STYLE = String(choices=("primary", "danger"))
URL = String(limits.BUTTON_URL)
# https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
_FILE_ID = "F[A-Z0-9]{8,}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text object of one of the kinds."""

    limit: Limit
    kinds: tuple[str, ...] = TEXT_KINDS

    def check(self, value: Any, at: str) -> Iterator[Problem]:
        """Yield what is wrong with a text object."""
        if not isinstance(value, dict):
            yield wrong_type("an object", at)
        elif value.get("type") not in self.kinds:
            known = ", ".join(self.kinds)
            message = f"must be a valid text type: {known}"
            yield broken(message, f"{at}/type", "enum", list(self.kinds), value.get("type"))
        else:
            own = "emoji" if value["type"] == "plain_text" else "verbatim"
            fields: dict[str, Rule] = {"type": String(), "text": String(self.limit), own: Flag()}
            yield from Fields(fields, ("type", "text")).check(value, at)


def _option(kinds: tuple[str, ...], *, has_url: bool = False) -> Fields:
    fields: dict[str, Rule] = {
        "text": Text(limits.OPTION_TEXT, kinds),
        "value": String(limits.OPTION_VALUE),
        "description": Text(limits.OPTION_DESCRIPTION, kinds),
    }
    if has_url:
        fields["url"] = String(limits.OPTION_URL)
    return Fields(fields, ("text", "value"))


OPTION = _option(PLAIN)
CHECK_OPTION = _option(TEXT_KINDS)
"""An option of checkboxes and radio buttons, which alone may hold mrkdwn."""
OVERFLOW_OPTION = _option(PLAIN, has_url=True)
"""An option of an overflow menu, which alone may be a link."""
OPTION_GROUP = Fields(
    {"label": Text(limits.GROUP_LABEL, PLAIN), "options": Items(OPTION, limits.GROUP_OPTIONS)},
    ("label", "options"),
)
CONFIRM = Fields(
    {
        "title": Text(limits.CONFIRM_TITLE, PLAIN),
        "text": Text(limits.CONFIRM_TEXT, PLAIN),
        "confirm": Text(limits.CONFIRM_BUTTON, PLAIN),
        "deny": Text(limits.CONFIRM_DENY, PLAIN),
        "style": STYLE,
    },
    ("title", "text", "confirm", "deny"),
)
DISPATCH = Fields(
    {
        "trigger_actions_on": Items(
            String(choices=("on_enter_pressed", "on_character_entered")), limits.TRIGGER_ACTIONS
        ),
    },
    ("trigger_actions_on",),
)
FILTER = Fields(
    {
        "include": Items(String(choices=("im", "mpim", "private", "public")), limits.FILTER_INCLUDE),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    },
    checks=(at_least_one_of("include", "exclude_external_shared_channels", "exclude_bot_users"),),
)
SLACK_FILE = Fields({"id": String(pattern=_FILE_ID), "url": URL}, checks=(only_one_of("id", "url"),))
_PARAMETER = Fields({"name": String(), "value": String()}, ("name", "value"))
WORKFLOW = Fields(
    {"trigger": Fields({"url": URL, "customizable_input_parameters": Items(_PARAMETER)}, ("url",))},
    ("trigger",),
)
IMAGE = Fields(
    {
        "type": String(choices=("image",)),
        "image_url": String(limits.IMAGE_URL),
        "slack_file": SLACK_FILE,
        "alt_text": String(limits.IMAGE_ALT),
    },
    ("type", "alt_text"),
    (only_one_of("image_url", "slack_file"),),
)
"""The image element: a picture beside other content."""
