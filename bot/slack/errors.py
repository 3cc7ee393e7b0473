"""Errors at the surface: what a person reads, and what the log keeps."""

import logging
import secrets

from bot.domain.errors import FixdeskError

log = logging.getLogger(__name__)


def sentence_of(error: Exception, doing: str) -> str:
    """Return the sentence for a person: the error's own, or an apology with a reference that the log has too."""
    if isinstance(error, FixdeskError):
        return str(error)
    reference = secrets.token_hex(4)
    log.error("Fault %s while %s", reference, doing, exc_info=error)
    return f"Sorry, something went wrong in fixdesk. Please tell your IT help desk the reference {reference}."
