"""Take uploads, and hand files out to who shows the app's token.

https://docs.slack.dev/messaging/working-with-files
"""

import mimetypes
import secrets
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from bot.playground.slack.files import MAX_INPUT_BYTES, StoredFile, file_json
from bot.playground.slack.installation import Installation

MAX_UPLOAD_BYTES = 100 * 1024 * 1024
"""What this server keeps in memory at most of one file from the app; Slack takes 1 GB."""
_CHUNK = 64 * 1024
_LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to Slack</body></html>"


def store_file(install: Installation, user: str, name: str, content: bytes, mimetype: str = "") -> StoredFile:
    """Keep a file; its kind is told by its name where nobody says it."""
    workspace, file_id = install.workspace, install.mint.id("F")
    guessed = mimetype or mimetypes.guess_type(name)[0] or "application/octet-stream"
    address = f"{install.url}/files-pri/{workspace.team_id}-{file_id}/{quote(name, safe='')}"
    file = StoredFile(file_id, name, user, content, guessed, install.clock(), address)
    workspace.files[file_id] = file
    workspace.changes.announce()
    return file


def store_input(install: Installation, user: str, name: str, content: bytes) -> StoredFile:
    """Keep what a person gives to a file_input; raise `ValueError` with a sentence for what Slack refuses."""
    if not name:
        raise ValueError("give the file a name")
    if len(content) > MAX_INPUT_BYTES:
        raise ValueError(
            f"{name} is larger than {MAX_INPUT_BYTES // 1024**2} MB, which is the most that Slack takes here"
        )
    return store_file(install, user, name, content)


class FileServer:
    """Serves `/ui/files`, `/upload/{ticket}` and `/files-pri/…`."""

    def __init__(self, install: Installation) -> None:
        self._install = install

    async def upload_as_person(self, request: web.Request) -> web.StreamResponse:
        """Take the bytes that a person chose for a file_input."""
        person, name = request.query.get("person", ""), request.query.get("name", "")
        if person not in self._install.workspace.people:
            return _refuse("user_not_found", f"there is no person {person!r}", HTTPStatus.BAD_REQUEST)
        try:
            file = store_input(self._install, person, name, await _read(request, MAX_INPUT_BYTES))
        except ValueError as wrong:
            return _refuse("file_refused", str(wrong), HTTPStatus.BAD_REQUEST)
        return web.json_response({"ok": True, "file": file_json(file)})

    async def upload_as_app(self, request: web.Request) -> web.StreamResponse:
        """Take the bytes for an address that files.getUploadURLExternal gave out."""
        ticket = request.match_info["ticket"]
        file = self._install.workspace.files.get(self._install.uploads.get(ticket, ""))
        if file is None:
            return web.Response(status=HTTPStatus.NOT_FOUND, text="no such upload")
        content = await _read(request, MAX_UPLOAD_BYTES)
        if len(content) > MAX_UPLOAD_BYTES:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text="too large for the local Slack")
        del self._install.uploads[ticket]
        self._install.workspace.files[file.id] = replace(file, content=content)
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Give a file's bytes to the app's token with files:read; anybody else gets the login page, with status 200."""
        header = request.headers.get("Authorization", "")
        is_app = secrets.compare_digest(header.encode(), f"Bearer {self._install.settings.bot_token}".encode())
        if not is_app or "files:read" not in self._install.manifest.scopes:
            return web.Response(text=_LOGIN_PAGE, content_type="text/html")
        file = self._install.workspace.files.get(request.match_info["key"].partition("-")[2])
        if file is None:
            raise web.HTTPNotFound(text="there is no such file")
        # Untrusted bytes never open as a page of this server.
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.content, headers=headers | {"Content-Type": file.mimetype})


async def _read(request: web.Request, most: int) -> bytes:
    """Read a body up to just beyond a size, so that too much is noticed and not kept."""
    content = bytearray()
    async for chunk in request.content.iter_chunked(_CHUNK):
        if len(content) <= most:
            content += chunk
    return bytes(content)


def _refuse(error: str, sentence: str, status: HTTPStatus) -> web.Response:
    return web.json_response({"ok": False, "error": error, "message": sentence}, status=status)
