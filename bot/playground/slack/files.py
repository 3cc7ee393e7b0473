"""Files that people and the app have uploaded, and how Slack describes them.

https://docs.slack.dev/reference/objects/file-object
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

MAX_INPUT_BYTES = 10 * 1024 * 1024
"""https://docs.slack.dev/reference/block-kit/block-elements/file-input-element"""
# Slack's names for kinds of files that are not the ending. https://docs.slack.dev/reference/objects/file-object#types
_FILETYPES: Mapping[str, str] = {
    "": "binary",
    "htm": "html",
    "jpeg": "jpg",
    "js": "javascript",
    "log": "text",
    "md": "markdown",
    "ps1": "powershell",
    "py": "python",
    "sh": "shell",
    "ts": "typescript",
    "txt": "text",
    "yml": "yaml",
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that a person or the app has uploaded."""

    id: str
    name: str
    user: str
    content: bytes = field(repr=False)
    mimetype: str
    created_at: datetime
    address: str
    """Where the file is on this server, without a slash at its end."""
    title: str = ""
    """Empty where it is the name."""

    @property
    def ending(self) -> str:
        """Return what follows the last dot of its name, in small letters."""
        return PurePosixPath(self.name).suffix.removeprefix(".").lower()


def file_json(file: StoredFile) -> dict[str, Any]:
    """Write a file as Slack gives it to the app; the bytes are behind `url_private_download`."""
    filetype = _FILETYPES.get(file.ending, file.ending)
    created = int(file.created_at.timestamp())
    return {
        "id": file.id,
        "created": created,
        "timestamp": created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": filetype,
        "pretty_type": filetype.upper() if filetype == file.ending else filetype.capitalize(),
        "user": file.user,
        "size": len(file.content),
        "mode": "hosted",
        "editable": False,
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": file.address,
        "url_private_download": f"{file.address}?download=1",
        "permalink": file.address,
    }
