"""The forms in which a query's answer is sent (https://docs.nexthink.com/api/nql/execute-an-nql)."""

import csv
import io
from typing import Any

from bot.playground.nexthink.nql import Answer

_TIME_PARTS = ("year", "month", "day", "hour", "minute", "second")


def v1_json(answer: Answer) -> dict[str, Any]:
    """Write rows as arrays in the order of the headers, and the time as its parts."""
    at = {part: getattr(answer.at, part) for part in _TIME_PARTS}
    return {**_head(answer), "executionDateTime": at, "headers": answer.columns, "data": answer.rows}


def v2_json(answer: Answer) -> dict[str, Any]:
    """Write rows as objects, and the time as a text without its zone."""
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return {**_head(answer), "executionDateTime": answer.at.strftime("%Y-%m-%dT%H:%M:%S"), "data": rows}


def csv_text(answer: Answer) -> str:
    """Write the columns' names and the rows as CSV; both versions do it alike."""
    text = io.StringIO()
    csv.writer(text).writerows([answer.columns, *answer.rows])
    return text.getvalue()


def _head(answer: Answer) -> dict[str, Any]:
    return {"queryId": answer.query_id, "executedQuery": answer.executed_query, "rows": len(answer.rows)}
