"""The Web API: read a call however it comes, check its token and scope, answer as Slack does.

https://docs.slack.dev/apis/web-api
"""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.playground.slack.arguments import Arguments, read_arguments
from bot.playground.slack.delivery.sockets import Sockets
from bot.playground.slack.faults import Fault, Faults
from bot.playground.slack.installation import Installation
from bot.playground.slack.methods import (
    blocks,
    chat,
    conversations,
    directory,
    files,
    history,
    reactions,
    session,
    views,
)
from bot.playground.slack.methods.calls import Call, Method
from bot.playground.slack.refusal import HTTP_TOO_MANY_REQUESTS, RefusedError

METHODS: Mapping[str, Method] = {
    **session.METHODS,
    **directory.METHODS,
    **conversations.METHODS,
    **history.METHODS,
    **reactions.METHODS,
    **files.METHODS,
    **chat.METHODS,
    **views.METHODS,
    **blocks.METHODS,
}
KEPT_CALLS = 10_000


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call as it came and as it was answered."""

    method: str
    args: Mapping[str, Any]
    answer: Mapping[str, Any]
    status: int = HTTPStatus.OK

    @property
    def ok(self) -> bool:
        """Say whether the app was given what it asked for."""
        return bool(self.answer.get("ok")) and self.status == HTTPStatus.OK


class WebApi:
    """Answers `/api/{method}`."""

    def __init__(self, install: Installation, sockets: Sockets, faults: Faults) -> None:
        self.calls: deque[CallRecord] = deque(maxlen=KEPT_CALLS)
        self._install = install
        self._sockets = sockets
        self._faults = faults

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call and log it."""
        method = request.match_info["method"]
        arguments = await read_arguments(request)
        started = time.perf_counter()
        fault = await self._next_fault(method)
        answer: dict[str, Any] = {}
        refusal: RefusedError | None = None
        try:
            if fault is None or fault.takes_effect:
                answer = self._perform(method, arguments)
            if fault is not None:
                raise _as_refusal(fault)
        except RefusedError as refused:
            answer, refusal = refused.answer, refused
        status = refusal.status if refusal else HTTPStatus.OK
        self._log(CallRecord(method, arguments.values, answer, status), started)
        if fault is not None and not fault.answers_json:
            return await self._misbehave(request, fault)
        return self._respond(method, answer, refusal)

    def _perform(self, name: str, arguments: Arguments) -> dict[str, Any]:
        method = METHODS.get(name)
        if method is None:
            raise RefusedError("unknown_method", facts={"req_method": name})
        if method.needs_post and not arguments.is_post:
            raise RefusedError("insecure_request")
        if method.needs_token:
            self._check_token(method, arguments.token)
        self._install.method_rate.take(name, method.tier)
        call = Call(self._install, arguments.parsed(), self._sockets.ticket)
        call.need_scope(*method.scopes)
        return _with_warnings({"ok": True, **method.run(call)}, arguments.warnings)

    def _check_token(self, method: Method, token: str) -> None:
        settings = self._install.settings
        if not token:
            raise RefusedError("not_authed")
        if token not in {settings.bot_token, settings.app_token}:
            raise RefusedError("invalid_auth")
        if method.is_app_level != (token == settings.app_token):
            raise RefusedError("not_allowed_token_type")

    def _respond(self, name: str, answer: Mapping[str, Any], refusal: RefusedError | None) -> web.Response:
        headers = {"x-oauth-scopes": ",".join(sorted(self._install.manifest.scopes))}
        if name in METHODS:
            headers["x-accepted-oauth-scopes"] = ",".join(METHODS[name].scopes)
        if refusal is not None and refusal.retry_after is not None:
            headers["Retry-After"] = str(refusal.retry_after)
        return web.json_response(answer, status=refusal.status if refusal else HTTPStatus.OK, headers=headers)

    async def _next_fault(self, method: str) -> Fault | None:
        fault = self._faults.take(method)
        if fault is not None and fault.delay_seconds:
            await self._faults.wait(fault.delay_seconds)
        return None if fault is None or fault.only_delays else fault

    async def _misbehave(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.hangs:
            await self._faults.wait(None)
        if fault.is_garbled:
            return web.Response(text="{ok: ", content_type="application/json", status=fault.status)
        if fault.is_html:
            return web.Response(text="<html>Bad gateway</html>", content_type="text/html", status=fault.status)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _log(self, record: CallRecord, started: float) -> None:
        self.calls.append(record)
        wire = self._install.workspace.wire
        body = {"arguments": record.args, "answer": record.answer}
        seq = wire.add(self._install.clock(), "from_app", record.method, _summary(record), body)
        wire.finish(seq, (time.perf_counter() - started) * 1000, ok=record.ok)


def _as_refusal(fault: Fault) -> RefusedError:
    if fault.retry_after is not None:
        return RefusedError(fault.error or "ratelimited", status=HTTP_TOO_MANY_REQUESTS, retry_after=fault.retry_after)
    return RefusedError(fault.error or "internal_error", status=fault.status)


def _with_warnings(answer: dict[str, Any], warnings: tuple[str, ...]) -> dict[str, Any]:
    told = [*answer.pop("warnings", ()), *warnings]
    if not told:
        return answer
    metadata = {**answer.get("response_metadata", {}), "warnings": told}
    return {**answer, "warning": ",".join(told), "response_metadata": metadata}


def _summary(record: CallRecord) -> str:
    if not record.ok:
        return str(record.answer.get("error"))
    args = record.args
    view = args.get("view")
    title = view.get("title") if isinstance(view, dict) else None
    words = title.get("text", "") if isinstance(title, dict) else args.get("text") or args.get("user") or ""
    return f"{args.get('channel', '')} {words}".strip()
