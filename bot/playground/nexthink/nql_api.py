"""The endpoint of the NQL API (https://docs.nexthink.com/api/nql/execute-an-nql)."""

import csv
import io
from typing import Any

from aiohttp import web

from bot.playground.nexthink.requests import read_json, read_nql
from bot.playground.nexthink.tenant import Tenant

_JSON, _CSV = "application/json", "text/csv"


class NQLAPI:
    """The NQL API, version 2."""

    def __init__(self, tenant: Tenant) -> None:
        self._nql = tenant.nql

    async def execute(self, request: web.Request) -> web.Response:
        """Answer a saved query as JSON or CSV, at the tenant's pace."""
        accept = _media_type(request.headers.get("Accept", ""))
        if accept is None:
            return web.Response(status=406)
        seconds = self._nql.seconds_to_wait()
        if seconds:
            return web.Response(status=429, headers={"Retry-After": str(seconds)})
        query = read_nql(await read_json(request))
        answer = self._nql.execute(query, utc=request.headers.get("x-utc-times") == "true")
        return web.json_response(answer) if accept == _JSON else _csv(answer["data"])


def _media_type(accept: str) -> str | None:
    """Choose the form of an answer: JSON wherever it is accepted, else CSV, else None."""
    types = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if types & {"", "*/*", "application/*"}:
        return _JSON
    return next((media_type for media_type in (_JSON, _CSV) if media_type in types), None)


def _csv(rows: list[dict[str, Any]]) -> web.Response:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows(rows)
    return web.Response(text=text.getvalue(), content_type=_CSV)
