"""The blocks that show data: tables and charts.

https://docs.slack.dev/reference/block-kit/blocks/table-block
https://docs.slack.dev/reference/block-kit/blocks/data-table-block
https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.problem import Problem, broken
from bot.playground.slack.kit.richtext import RICH_TEXT
from bot.playground.slack.kit.schema import ByType, Fields, Flag, Items, Json, Nullable, Number, Rule, String, within

_CELLS: Mapping[str, Rule] = {
    "raw_text": Fields({"type": String(), "text": String()}, ("text",)),
    "raw_number": Fields(
        {"type": String(), "value": Number(allows_fractions=True), "text": String()}, ("value", "text")
    ),
    "rich_text": RICH_TEXT,
}
_COLUMN = Fields({"align": String(choices=("left", "center", "right")), "is_wrapped": Flag()})


def _characters(node: Any) -> int:
    if isinstance(node, list):
        return sum(_characters(inner) for inner in node)
    if not isinstance(node, dict):
        return 0
    text = node.get("text")
    own = len(text) if isinstance(text, str) else 0
    return own + sum(_characters(inner) for inner in node.values())


def _rectangle(block: Json, at: str) -> Iterator[Problem]:
    width = len(block["rows"][0])
    for index, row in enumerate(block["rows"]):
        if len(row) != width:
            message = "all rows must have the same number of cells"
            yield broken(message, f"{at}/rows/{index}", "same_length", width, len(row))
    header = block.get("row_header_column_index") or 0
    if header >= width:
        message = "must be the index of a column"
        yield broken(message, f"{at}/row_header_column_index", "maximum", width - 1, header)


def _plain_header(block: Json, at: str) -> Iterator[Problem]:
    for index, cell in enumerate(block["rows"][0]):
        if cell["type"] == "rich_text":
            message = "a header cell must not be rich_text"
            yield broken(message, f"{at}/rows/0/{index}/type", "enum", ["raw_text", "raw_number"], "rich_text")


def table_characters(block: Json) -> int:
    """Count the characters over all cells of a data table."""
    return _characters(block["rows"])


def _points_for_categories(chart: Json, at: str) -> Iterator[Problem]:
    categories = chart["axis_config"]["categories"]
    if len(set(categories)) < len(categories):
        yield broken("categories must be unique", f"{at}/axis_config/categories", "unique", expected=True, got=False)
    names = [series["name"] for series in chart["series"]]
    if len(set(names)) < len(names):
        yield broken("names of series must be unique", f"{at}/series", "unique", expected=True, got=False)
    for index, series in enumerate(chart["series"]):
        labels = [point["label"] for point in series["data"]]
        if sorted(labels) != sorted(categories):
            message = "must have exactly one point for every category"
            yield broken(message, f"{at}/series/{index}/data", "labels", categories, labels)


def _positive(segment: Json, at: str) -> Iterator[Problem]:
    if segment["value"] <= 0:
        yield broken("must be greater than 0", f"{at}/value", "exclusive_minimum", 0, segment["value"])


_VALUE = Number(allows_fractions=True)
_LABEL = String(limits.CHART_LABEL)
_SEGMENT = Fields({"label": _LABEL, "value": _VALUE}, ("label", "value"), (_positive,))
_POINT = Fields({"label": _LABEL, "value": _VALUE}, ("label", "value"))
_SERIES = Fields(
    {"name": String(limits.CHART_SERIES_NAME), "data": Items(_POINT, limits.CHART_POINTS)}, ("name", "data")
)
_AXES = Fields(
    {
        "categories": Items(_LABEL, limits.CHART_CATEGORIES),
        "x_label": String(limits.CHART_AXIS_LABEL),
        "y_label": String(limits.CHART_AXIS_LABEL),
    },
    ("categories",),
)
_WITH_AXES = Fields(
    {"type": String(), "series": Items(_SERIES, limits.CHART_SERIES), "axis_config": _AXES},
    ("series", "axis_config"),
    (_points_for_categories,),
)
_PIE = Fields({"type": String(), "segments": Items(_SEGMENT, limits.CHART_SEGMENTS)}, ("segments",))
_CHARTS: Mapping[str, Rule] = {"pie": _PIE, "bar": _WITH_AXES, "area": _WITH_AXES, "line": _WITH_AXES}

TABLE_FIELDS: Mapping[str, Rule] = {
    "rows": Items(Items(ByType(lambda: _CELLS, ("raw_text", "rich_text")), limits.TABLE_COLUMNS), limits.TABLE_ROWS),
    "column_settings": Items(Nullable(_COLUMN), limits.TABLE_SETTINGS),
}
DATA_TABLE_FIELDS: Mapping[str, Rule] = {
    "rows": Items(Items(ByType(lambda: _CELLS), limits.DATA_TABLE_COLUMNS), limits.DATA_TABLE_ROWS),
    "caption": String(),
    "page_size": within(limits.DATA_TABLE_PAGE),
    "row_header_column_index": Number(0),
}
DATA_TABLE_CHECKS = (_rectangle, _plain_header)
CHART_FIELDS: Mapping[str, Rule] = {"title": String(limits.CHART_TITLE), "chart": ByType(lambda: _CHARTS)}
