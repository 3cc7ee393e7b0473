"""Text for Slack: escaped, shortened to Slack's limits, in one place.

Whatever comes from a workflow, a person or Nexthink is shown as plain_text, which Slack never parses; only the
fallback text of a message is mrkdwn, and there it is escaped first.
"""

from typing import Any

Block = dict[str, Any]

# Limits in Unicode code points. See: https://docs.slack.dev/reference/block-kit/blocks
HEADER = 150
SECTION = 3000
FIELD = 2000
FIELDS = 10
BUTTON = 75
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
OPTION = 75
OPTION_VALUE = 150
OPTIONS = 100
# Labels and hints may be 2000 long; these are what a person reads, and keep the fullest form below 250 KB.
LABEL = 150
HINT = 200
PLACEHOLDER = 150
CONTEXT = 2000
MODAL_BLOCKS = 100
MESSAGE_TEXT = 4000

ELLIPSIS = "…"


def escape(text: str) -> str:
    """Escape the three characters that mean something in mrkdwn.

    See: https://docs.slack.dev/messaging/formatting-message-text
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, limit: int) -> str:
    """Cut a text to a number of characters, with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def fallback(text: str) -> str:
    """Return the escaped text of a message, cut before escaping so that no entity is cut in two."""
    short = text
    while len(escape(short)) > MESSAGE_TEXT:
        short = shorten(short, len(short) - max(1, (len(escape(short)) - MESSAGE_TEXT) // 5))
    return escape(short)


def plain(text: str, limit: int) -> dict[str, Any]:
    """Return a plain_text object; blank text, which Slack refuses, becomes a dash."""
    return {"type": "plain_text", "text": shorten(text, limit) if text.strip() else "-", "emoji": False}


def header(text: str) -> Block:
    """Return a header block."""
    return {"type": "header", "text": plain(" ".join(text.split()), HEADER)}


def section(text: str) -> Block:
    """Return a section with one text."""
    return {"type": "section", "text": plain(text, SECTION)}


def fields(texts: list[str]) -> Block:
    """Return a section with up to ten fields; what is beyond is counted in the last one."""
    if len(texts) > FIELDS:
        texts = [*texts[: FIELDS - 1], f"and {len(texts) - FIELDS + 1} more"]
    return {"type": "section", "fields": [plain(text, FIELD) for text in texts]}


def context(text: str) -> Block:
    """Return a context block with one text."""
    return {"type": "context", "elements": [plain(text, CONTEXT)]}


def option(text: str, value: str, description: str = "") -> dict[str, Any]:
    """Return an option; the caller keeps the value within `OPTION_VALUE`."""
    made = {"text": plain(text, OPTION), "value": value}
    return {**made, "description": plain(description, OPTION)} if description.strip() else made


def button(text: str, action_id: str, value: str, style: str = "") -> dict[str, Any]:
    """Return a button; a value is an opaque id and nothing else."""
    shown = {"type": "button", "text": plain(text, BUTTON), "action_id": action_id, "value": value}
    return {**shown, "style": style} if style else shown


def asking_first(shown: Block, title: str, question: str, confirm: str) -> Block:
    """Return a button that asks whether it was meant."""
    dialog = {
        "title": plain(title, CONFIRM_TITLE),
        "text": plain(question, CONFIRM_TEXT),
        "confirm": plain(confirm, CONFIRM_BUTTON),
        "deny": plain("Cancel", CONFIRM_BUTTON),
    }
    return {**shown, "confirm": dialog}


def input_block(block_id: str, label: str, element: Block, **more: Any) -> Block:
    """Return an input block."""
    return {"type": "input", "block_id": str(block_id), "label": plain(label, LABEL), "element": element, **more}
