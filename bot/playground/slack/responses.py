"""The response_url of commands and presses: a way to answer that needs no token.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.playground.slack.installation import Installation
from bot.playground.slack.messages import edit, post, read_content, require_content
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import Message

MAX_USES = 5
LIFE = timedelta(minutes=30)
_GONE = frozenset({"invalid_url", "used_url", "expired_url"})
"""Slack documents the two limits and not its words for them; these are in use elsewhere."""


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """For whom, where, and for how long a response_url works."""

    person: str
    channel: str
    message_ts: str | None
    expires_at: datetime
    uses_left: int = MAX_USES


class ResponseUrls:
    """Hands out response_urls and takes what apps post to them."""

    def __init__(self, install: Installation) -> None:
        self._install = install
        self._urls: dict[str, ResponseUrl] = {}

    def issue(self, person: str, channel: str, message_ts: str | None = None) -> str:
        """Return a new address on this server's own host."""
        key = secrets.token_urlsafe(12)
        self._urls[key] = ResponseUrl(person, channel, message_ts, self._install.clock() + LIFE)
        return f"{self._install.url}/response/{key}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one post."""
        key = request.match_info["key"]
        try:
            body = json.loads(await request.read())
        except ValueError:
            body = None
        try:
            self._answer(key, body)
        except RefusedError as refused:
            response = _refused(refused)
        else:
            response = web.Response(text="ok")
        wire = self._install.workspace.wire
        seq = wire.add(self._install.clock(), "from_app", "response_url", str(response.text), {"body": body})
        wire.finish(seq, None, ok=response.status == HTTPStatus.OK)
        return response

    def _answer(self, key: str, body: Any) -> None:
        url = self._urls.get(key)
        if url is None:
            raise RefusedError("invalid_url")
        if not url.uses_left:
            raise RefusedError("used_url")
        if self._install.clock() > url.expires_at:
            raise RefusedError("expired_url")
        if not isinstance(body, dict):
            raise RefusedError("invalid_payload")
        self._install.response_rate.take(url.channel)
        self._urls[key] = replace(url, uses_left=url.uses_left - 1)
        self._act(url, body)

    def _act(self, url: ResponseUrl, body: dict[str, Any]) -> None:
        source = self._source(url)
        if _is_true(body.get("delete_original")):
            if source is not None:
                self._install.workspace.remove_message(source.channel, source.ts)
            return
        content = require_content(read_content(self._install, body))
        # A command's response_url has no message to replace, so what comes is new.
        if _is_true(body.get("replace_original")) and source is not None:
            edit(self._install, source, content, keeps_rest=False)
            return
        is_public = body.get("response_type") == "in_channel"
        post(self._install, url.channel, content, only_for=None if is_public else url.person)

    def _source(self, url: ResponseUrl) -> Message | None:
        return self._install.workspace.message(url.channel, url.message_ts) if url.message_ts else None


def _refused(refused: RefusedError) -> web.Response:
    if refused.retry_after is not None:
        return web.Response(
            text="rate_limited", status=refused.status, headers={"Retry-After": str(refused.retry_after)}
        )
    status = HTTPStatus.NOT_FOUND if refused.error in _GONE else HTTPStatus.BAD_REQUEST
    return web.Response(text=refused.error, status=status)


def _is_true(value: Any) -> bool:
    # The SDK sends JSON booleans, the documentation shows strings.
    return value is True or str(value).lower() == "true"
