"""What each block may hold.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator, Mapping

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.cards import ALERT, CARD, CAROUSEL, PLAN, TASK_CARD
from bot.playground.slack.kit.data import CHART_FIELDS, DATA_TABLE_CHECKS, DATA_TABLE_FIELDS, TABLE_FIELDS
from bot.playground.slack.kit.elements import ELEMENTS
from bot.playground.slack.kit.frame import block
from bot.playground.slack.kit.objects import IMAGE, MRKDWN, PLAIN, SLACK_FILE, Text
from bot.playground.slack.kit.problem import Problem, broken, missing
from bot.playground.slack.kit.richtext import RICH_TEXT
from bot.playground.slack.kit.schema import (
    ByType,
    Flag,
    Items,
    Json,
    Rule,
    String,
    at_least_one_of,
    only_one_of,
)
from bot.playground.slack.kit.surfaces import (
    IN_ACCESSORY,
    IN_ACTIONS,
    IN_CONTAINER,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
)


def _foldable(container: Json, at: str) -> Iterator[Problem]:
    if container.get("default_collapsed") and not container.get("is_collapsible"):
        yield missing("is_collapsible", at, " (required with default_collapsed)")
    if container.get("has_header_divider") and container.get("is_collapsible"):
        message = "must not be true in a collapsible container"
        yield broken(message, f"{at}/has_header_divider", "enum", [False], got=True)


def _in(kinds: tuple[str, ...]) -> ByType:
    return ByType(lambda: ELEMENTS, kinds)


_CONTEXT: Mapping[str, Rule] = {
    "image": IMAGE,
    "plain_text": Text(limits.TEXT, PLAIN),
    "mrkdwn": Text(limits.TEXT, MRKDWN),
}
_SECTION = block(
    {
        "text": Text(limits.SECTION_TEXT),
        "fields": Items(Text(limits.SECTION_FIELD), limits.SECTION_FIELDS),
        "accessory": _in(IN_ACCESSORY),
        "expand": Flag(),
    },
    checks=(at_least_one_of("text", "fields"),),
)
_INPUT = block(
    {
        "label": Text(limits.INPUT_LABEL, PLAIN),
        "element": _in(IN_INPUT),
        "hint": Text(limits.INPUT_HINT, PLAIN),
        "optional": Flag(),
        "dispatch_action": Flag(),
    },
    ("label", "element"),
)
_IMAGE_BLOCK = block(
    {
        "image_url": String(limits.IMAGE_URL),
        "slack_file": SLACK_FILE,
        "alt_text": String(limits.IMAGE_ALT),
        "title": Text(limits.IMAGE_TITLE, PLAIN),
    },
    ("alt_text",),
    (only_one_of("image_url", "slack_file"),),
)
_VIDEO = block(
    {
        "title": Text(limits.VIDEO_TITLE, PLAIN),
        "title_url": String(limits.VIDEO_TITLE_URL),
        "alt_text": String(limits.VIDEO_ALT),
        "video_url": String(limits.VIDEO_URL),
        "thumbnail_url": String(limits.VIDEO_URL),
        "description": Text(limits.VIDEO_DESCRIPTION, PLAIN),
        "author_name": String(limits.VIDEO_AUTHOR),
        "provider_name": String(limits.VIDEO_PROVIDER),
        "provider_icon_url": String(limits.VIDEO_TITLE_URL),
    },
    ("title", "alt_text", "video_url", "thumbnail_url"),
)
_CONTAINER = block(
    {
        "title": Text(limits.CONTAINER_TITLE, PLAIN),
        "rich_text_title": RICH_TEXT,
        "subtitle": Text(limits.CONTAINER_SUBTITLE),
        "child_blocks": Items(ByType(lambda: BLOCKS, IN_CONTAINER), limits.CONTAINER_BLOCKS),
        "width": String(choices=("narrow", "standard", "wide", "full")),
        "icon": IMAGE,
        "is_collapsible": Flag(),
        "default_collapsed": Flag(),
        "has_header_divider": Flag(),
    },
    ("child_blocks",),
    (at_least_one_of("title", "rich_text_title"), _foldable),
)
BLOCKS: Mapping[str, Rule] = {
    "actions": block({"elements": Items(_in(IN_ACTIONS), limits.ACTIONS_ELEMENTS)}, ("elements",)),
    "alert": ALERT,
    "card": CARD,
    "carousel": CAROUSEL,
    "container": _CONTAINER,
    "context": block({"elements": Items(ByType(lambda: _CONTEXT), limits.CONTEXT_ELEMENTS)}, ("elements",)),
    "context_actions": block(
        {"elements": Items(_in(IN_CONTEXT_ACTIONS), limits.CONTEXT_ACTIONS_ELEMENTS)}, ("elements",)
    ),
    "data_table": block(DATA_TABLE_FIELDS, ("rows", "caption"), DATA_TABLE_CHECKS),
    "data_visualization": block(CHART_FIELDS, ("title", "chart")),
    "divider": block({}),
    "file": block({"external_id": String(), "source": String(choices=("remote",))}, ("external_id", "source")),
    "header": block({"text": Text(limits.HEADER, PLAIN)}, ("text",)),
    "image": _IMAGE_BLOCK,
    "input": _INPUT,
    "markdown": block({"text": String(limits.MARKDOWN_IN_MESSAGE)}, ("text",)),
    "plan": PLAN,
    "rich_text": RICH_TEXT,
    "section": _SECTION,
    "table": block(TABLE_FIELDS, ("rows",)),
    "task_card": TASK_CARD,
    "video": _VIDEO,
}
