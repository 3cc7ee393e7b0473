"""Log lines: one JSON object a line on standard error, times in UTC, no secret in any of them."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

_SECRETS = re.compile(
    r"x(?:oxb|app|oxp)-[A-Za-z0-9-]+"
    r"|(?<=[Bb]earer )[^\s\"',]+"
    r"|(?<=[Bb]asic )[^\s\"',]+"
    r"|(?<=ticket=)[^&\s\"']+"
)
"""Tokens that a library might put into a message."""


class JSONFormatter(logging.Formatter):
    """Formats a record as one line of JSON, tokens blotted out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _without_secrets(record.getMessage()),
        }
        if record.exc_info:
            line["trace"] = _without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def _without_secrets(text: str) -> str:
    return _SECRETS.sub("[redacted]", text)


def set_up_logs(level: int = logging.INFO) -> None:
    """Send every log line to standard error; libraries speak only of trouble."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("bot").setLevel(level)
