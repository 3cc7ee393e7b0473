"""The two endpoints of the NQL API (https://docs.nexthink.com/api/nql/execute-an-nql)."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.playground.nexthink.nql import NQL, Answer
from bot.playground.nexthink.nql_wire import csv_text, v1_json, v2_json
from bot.playground.nexthink.requests import read_json, read_nql, read_utc_times

_JSON, _CSV = "application/json", "text/csv"


class NQLAPI:
    """The NQL API: both versions take the same requests."""

    def __init__(self, nql: NQL) -> None:
        self._nql = nql

    async def execute_v1(self, request: web.Request) -> web.Response:
        """Answer a saved query with rows as arrays."""
        return await self._execute(request, v1_json)

    async def execute_v2(self, request: web.Request) -> web.Response:
        """Answer a saved query with rows as objects."""
        return await self._execute(request, v2_json)

    async def _execute(self, request: web.Request, write: Callable[[Answer], dict[str, Any]]) -> web.Response:
        """Answer as JSON or CSV, at the tenant's pace."""
        accept = _media_type(request.headers.get("Accept", ""))
        if accept is None:
            return web.Response(status=406)
        seconds = self._nql.seconds_to_wait()
        if seconds:
            return web.Response(status=429, headers={"Retry-After": str(seconds)})
        utc = read_utc_times(request.headers.get("x-utc-times"))
        answer = self._nql.execute(read_nql(await read_json(request)), utc=utc)
        if accept == _CSV:
            return web.Response(text=csv_text(answer), content_type=_CSV)
        return web.json_response(write(answer))


def _media_type(accept: str) -> str | None:
    """Choose the form of an answer: JSON wherever it is accepted, else CSV, else None."""
    types = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if types & {"", "*/*", "application/*"}:
        return _JSON
    return next((media_type for media_type in (_JSON, _CSV) if media_type in types), None)
