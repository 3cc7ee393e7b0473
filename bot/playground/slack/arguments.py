"""Read the arguments of a Web API call, whether they come in the address, as a form or as JSON.

https://docs.slack.dev/apis/web-api
"""

import codecs
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.playground.slack.refusal import RefusedError

_JSON_ARGUMENTS = ("blocks", "view", "attachments", "metadata", "files")
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_CHARSETS = frozenset({"utf-8", "iso8859-1"})
"""Those that Slack takes, as Python names them. https://docs.slack.dev/reference/methods/api.test"""
_BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call brought, before anything is checked."""

    values: Mapping[str, Any] = field(default_factory=dict)
    token: str = field(default="", repr=False)
    is_post: bool = True
    warnings: tuple[str, ...] = ()
    refusal: RefusedError | None = None
    """Why the body cannot be read, where that is so."""

    def parsed(self) -> dict[str, Any]:
        """Return the values with JSON in strings made into objects, as forms bring them."""
        if self.refusal is not None:
            raise self.refusal
        return {name: _parsed(name, value) for name, value in self.values.items()}


async def read_arguments(request: web.Request) -> Arguments:
    """Merge address and body of a call; a token is no argument, wherever it stands."""
    values: dict[str, Any] = dict(request.query)
    body: dict[str, Any] = {}
    warnings: tuple[str, ...] = ()
    refusal: RefusedError | None = None
    try:
        body, warnings = await _read_body(request)
    except RefusedError as refused:
        refusal = refused
    values |= body
    values.pop("token", None)
    return Arguments(values, _token(request, body), request.method == "POST", warnings, refusal)


def _token(request: web.Request, body: Mapping[str, Any]) -> str:
    """Take the token out of the header or a form; Slack takes none from an address, and none from JSON.

    https://docs.slack.dev/changelog/2020-11-no-more-tokens-in-querystrings-for-newly-created-apps
    """
    in_header = request.headers.get("Authorization", "")
    if in_header.startswith(_BEARER):
        return in_header.removeprefix(_BEARER)
    return str(body.get("token", "")) if request.content_type in _FORMS else ""


async def _read_body(request: web.Request) -> tuple[dict[str, Any], tuple[str, ...]]:
    if not request.can_read_body:
        return {}, ()
    _check_charset(request)
    if request.content_type in _FORMS:
        # A file among the parts of a form is no argument of any method here.
        return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}, ()
    raw = await request.read()
    if not raw.strip():
        return {}, ()
    if "Content-Type" not in request.headers:
        raise RefusedError("missing_post_type")
    if request.content_type != "application/json":
        raise RefusedError("invalid_post_type")
    return _read_json(raw, request.charset or "utf-8"), () if request.charset else ("missing_charset",)


def _check_charset(request: web.Request) -> None:
    if request.charset is None:
        return
    try:
        name = codecs.lookup(request.charset).name
    except LookupError:
        name = ""
    if name not in _CHARSETS:
        raise RefusedError("invalid_charset")


def _read_json(raw: bytes, charset: str) -> dict[str, Any]:
    try:
        body = json.loads(raw.decode(charset))
    except ValueError:
        raise RefusedError("invalid_json") from None
    if not isinstance(body, dict):
        raise RefusedError("json_not_object")
    return body


def _parsed(name: str, value: Any) -> Any:
    if name not in _JSON_ARGUMENTS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        error = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}.get(
            name, "invalid_arguments"
        )
        raise RefusedError(error, [f"[ERROR] {name} must be JSON"]) from None
