"""The smallest good parts of Block Kit, to make samples from."""

from typing import Any

from tests.conformance.block_kit_adapters import Json, Sample

PICTURE = "https://example.com/a.png"
FILE_ID = "F0123ABCDE"


def plain(text: str = "x", **more: Any) -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text, **more}


def mrkdwn(text: str = "x", **more: Any) -> Json:
    """Return a mrkdwn text object."""
    return {"type": "mrkdwn", "text": text, **more}


def option(value: str = "v", **more: Any) -> Json:
    """Return an option."""
    return {"text": plain(value), "value": value, **more}


def options(count: int) -> list[Json]:
    """Return so many options, all different."""
    return [option(str(index)) for index in range(count)]


def group(**more: Any) -> Json:
    """Return an option group."""
    return {"label": plain(), "options": options(1), **more}


def confirm(**more: Any) -> Json:
    """Return a confirmation."""
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}


def button(**more: Any) -> Json:
    """Return a button."""
    return {"type": "button", "text": plain(), "action_id": "a", **more}


def buttons(count: int) -> list[Json]:
    """Return so many buttons, all different."""
    return [button(action_id=str(index)) for index in range(count)]


def select(kind: str = "static_select", **more: Any) -> Json:
    """Return a select, with two options where it holds them itself."""
    offered = {"options": options(2)} if kind.endswith("static_select") and "option_groups" not in more else {}
    return {"type": kind, "action_id": "a", "placeholder": plain(), **offered, **more}


def element(kind: str, **more: Any) -> Json:
    """Return an element of some kind."""
    return {"type": kind, "action_id": "a", **more}


def number(**more: Any) -> Json:
    """Return a number input."""
    return element("number_input", **({"is_decimal_allowed": False} | more))


def image(**more: Any) -> Json:
    """Return an image, which is a block and an element alike."""
    return {"type": "image", "image_url": PICTURE, "alt_text": "a", **more}


def section(**more: Any) -> Json:
    """Return a section."""
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: Json) -> Json:
    """Return an actions block."""
    return {"type": "actions", "elements": list(elements)}


def typed(inner: Json | None = None, **more: Any) -> Json:
    """Return an input block."""
    return {"type": "input", "label": plain(), "element": inner or element("plain_text_input"), **more}


def video(**more: Any) -> Json:
    """Return a video block."""
    address = "https://example.com/v"
    return {
        "type": "video",
        "title": plain(),
        "alt_text": "a",
        "video_url": address,
        "thumbnail_url": address,
        **more,
    }


def paragraph(*parts: Json) -> Json:
    """Return a section of rich text."""
    return {"type": "rich_text_section", "elements": list(parts)}


def rich(*paragraphs: Json) -> Json:
    """Return a rich text block."""
    return {"type": "rich_text", "elements": list(paragraphs) or [paragraph(words())]}


def words(text: str = "x", **more: Any) -> Json:
    """Return text within rich text."""
    return {"type": "text", "text": text, **more}


def bullets(**more: Any) -> Json:
    """Return a list of rich text."""
    return {"type": "rich_text_list", "style": "bullet", "elements": [paragraph(words())], **more}


def cell(text: str = "x") -> Json:
    """Return a cell of a table."""
    return {"type": "raw_text", "text": text}


def table(rows: int = 1, columns: int = 1, **more: Any) -> Json:
    """Return a table."""
    return {"type": "table", "rows": [[cell()] * columns for _ in range(rows)], **more}


def data_table(rows: int = 2, columns: int = 1, **more: Any) -> Json:
    """Return a data table."""
    return {**table(rows, columns), "type": "data_table", "caption": "c", **more}


def pie(*segments: Json, **more: Any) -> Json:
    """Return a pie chart."""
    given = list(segments) or [{"label": "a", "value": 1}]
    return {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": given}, **more}


def bars(series: list[Json] | None = None, categories: list[str] | None = None, **axes: Any) -> Json:
    """Return a bar chart."""
    known = ["a"] if categories is None else categories
    given = [{"name": "s", "data": [{"label": label, "value": 1} for label in known]}] if series is None else series
    chart = {"type": "bar", "series": given, "axis_config": {"categories": known, **axes}}
    return {"type": "data_visualization", "title": "t", "chart": chart}


def card(**more: Any) -> Json:
    """Return a card."""
    return {"type": "card", "title": mrkdwn(), **more}


def container(**more: Any) -> Json:
    """Return a container."""
    return {"type": "container", "title": plain(), "child_blocks": [section()], **more}


def task(task_id: str = "1", **more: Any) -> Json:
    """Return a task card."""
    return {"type": "task_card", "task_id": task_id, "title": "t", "status": "complete", **more}


def plan(tasks: int = 1, **more: Any) -> Json:
    """Return a plan."""
    inner = [{key: value for key, value in task(str(index)).items() if key != "type"} for index in range(tasks)]
    return {"type": "plan", "title": "t", "tasks": inner, **more}


def feedback(**more: Any) -> Json:
    """Return one of the two feedback buttons."""
    return {"text": plain(), "value": "v", **more}


def context_actions(*elements: Json) -> Json:
    """Return a block of context actions."""
    return {"type": "context_actions", "elements": list(elements)}


def feedbacks(**more: Any) -> Json:
    """Return a pair of feedback buttons."""
    return element("feedback_buttons", positive_button=feedback(**more), negative_button=feedback())


def icon_button(**more: Any) -> Json:
    """Return an icon button."""
    return element("icon_button", icon="trash", text=plain(), **more)


def message(*blocks: Any, **more: Any) -> Sample:
    """Return a message."""
    return Sample("message", {"blocks": list(blocks), **more})


def modal(*blocks: Any, **more: Any) -> Sample:
    """Return a modal."""
    given = list(blocks) or [section()]
    return Sample("modal", {"type": "modal", "title": plain(), "submit": plain(), "blocks": given, **more})


def home(*blocks: Any, **more: Any) -> Sample:
    """Return a Home tab."""
    return Sample("home", {"type": "home", "blocks": list(blocks) or [section()], **more})


def without(value: Json, *names: str) -> Json:
    """Return an object without some of its fields."""
    return {name: inner for name, inner in value.items() if name not in names}
