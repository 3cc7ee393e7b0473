"""The blocks that stand for one thing: cards, alerts, tasks, and the plans and carousels that gather them.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections import Counter
from collections.abc import Iterator

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.elements import BUTTONS
from bot.playground.slack.kit.frame import block
from bot.playground.slack.kit.objects import IMAGE, Text
from bot.playground.slack.kit.problem import Problem, broken
from bot.playground.slack.kit.richtext import RICH_TEXT
from bot.playground.slack.kit.schema import ByType, Fields, Items, Json, String, at_least_one_of


def _one_icon(card: Json, at: str) -> Iterator[Problem]:
    if card.get("icon") is not None and card.get("slack_icon") is not None:
        yield broken("must not have both icon and slack_icon", at, "one_of", ["icon", "slack_icon"], 2)


def _own_task_ids(plan: Json, at: str) -> Iterator[Problem]:
    counts = Counter(task["task_id"] for task in plan.get("tasks") or [])
    for task_id, count in counts.items():
        if count > 1:
            yield broken(f"task_id {task_id} must be unique in a plan", f"{at}/tasks", "unique", 1, count)


def _not_waiting(task: Json, at: str) -> Iterator[Problem]:
    # A card outside a plan cannot wait for its turn: the page shows one that does, yet blocks.validate
    # refuses it, as slackblocks found.
    # https://docs.slack.dev/reference/block-kit/blocks/task-card-block
    if task["status"] == "pending":
        known = ["in_progress", "complete", "error"]
        yield broken("must not be pending outside a plan", f"{at}/status", "enum", known, "pending")


# https://docs.slack.dev/reference/block-kit/composition-objects/slack-icon-object
_ICON_NAMES = (
    "archive", "book", "bookmark", "bot", "bug", "calendar", "call", "caret-left", "caret-right", "check",
    "clipboard", "code", "comment", "compass", "copy", "cube", "download", "edit", "email", "eye-closed",
    "eye-open", "file", "flag", "folder", "gear", "globe", "heart", "help", "image", "info", "key", "lightbulb",
    "link", "map", "mobile", "new-window", "pin", "plus", "refine", "refresh", "rocket", "save", "screen",
    "share", "sparkle", "star", "star-filled", "tag", "thumbs-down", "thumbs-up", "trash", "upload", "user",
    "warning",
)  # fmt: skip
_ICON = Fields({"type": String(choices=("icon",)), "name": String(choices=_ICON_NAMES)}, ("type", "name"))
CARD = block(
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "slack_icon": _ICON,
        "title": Text(limits.CARD_TITLE),
        "subtitle": Text(limits.CARD_SUBTITLE),
        "body": Text(limits.CARD_BODY),
        "subtext": Text(limits.CARD_SUBTEXT),
        "actions": Items(ByType(lambda: BUTTONS, ("button",)), limits.CARD_BUTTONS),
    },
    checks=(at_least_one_of("hero_image", "title", "actions", "body"), _one_icon),
)
CAROUSEL = block({"elements": Items(ByType(lambda: {"card": CARD}), limits.CAROUSEL_CARDS)}, ("elements",))
ALERT = block(
    {
        "text": Text(limits.ALERT_TEXT),
        "level": String(choices=("default", "info", "warning", "error", "success")),
    },
    ("text",),
)
# https://docs.slack.dev/reference/block-kit/block-elements/url-source-element
_SOURCE = Fields({"type": String(choices=("url",)), "url": String(), "text": String()}, ("type", "url", "text"))
_TASK = block(
    {
        "type": String(choices=("task_card",)),
        "task_id": String(),
        "title": String(),
        "status": String(choices=("pending", "in_progress", "complete", "error")),
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": Items(_SOURCE),
    },
    ("task_id", "title", "status"),
)
TASK_CARD = Fields(_TASK.fields, _TASK.required, (_not_waiting,))
# The page calls `tasks` optional, but Slack refuses a plan without them.
PLAN = block({"title": String(), "tasks": Items(_TASK, limits.PLAN_TASKS)}, ("title", "tasks"), (_own_task_ids,))
