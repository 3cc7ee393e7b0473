"""Looking for a card whose posting had no known result: by its metadata, in the conversation where it would be.

See: https://docs.slack.dev/messaging/message-metadata
"""

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.card import Card
from bot.slack.calls import Outcome, attempt

EVENT_TYPE = "fixdesk_card"
CLOCK_SKEW = timedelta(minutes=2)
"""Slack's clock and ours may differ by this."""
PAGE = 200


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What a look brought."""

    failed: Outcome | None = None
    """Slack did not let us look; then nobody knows."""
    found: Card | None = None
    """Where the message is; None where it surely is not there."""


def metadata_of(card: Card) -> dict[str, Any]:
    """Return the metadata that names a copy on its message."""
    payload = {"run_id": card.run_id, "role": card.role.value, "ordinal": card.ordinal}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


async def look_for(client: AsyncWebClient, card: Card, since: datetime) -> Lookup:
    """Look for a copy among the messages of its conversation since a time."""
    channel_id = card.channel_id
    if channel_id.startswith(("U", "W")):
        opened = await attempt(lambda: client.conversations_open(users=channel_id))
        if opened.answer is None:
            return Lookup(failed=opened)
        channel_id = str(opened.answer["channel"]["id"])
    oldest = f"{(since - CLOCK_SKEW).timestamp():.6f}"
    cursor = ""
    while True:
        read = await _page(client, channel_id, oldest, cursor)
        if read.answer is None:
            return Lookup(failed=read)
        messages = read.answer.get("messages") or []
        ts = next((str(message["ts"]) for message in messages if _is_of(card, message)), "")
        cursor = str((read.answer.get("response_metadata") or {}).get("next_cursor") or "")
        if ts or not cursor:
            return Lookup(found=dataclasses.replace(card, channel_id=channel_id, ts=ts) if ts else None)


async def _page(client: AsyncWebClient, channel_id: str, oldest: str, cursor: str) -> Outcome:
    return await attempt(
        lambda: client.conversations_history(
            channel=channel_id,
            oldest=oldest,
            limit=PAGE,
            include_all_metadata=True,
            cursor=cursor or None,
        )
    )


def _is_of(card: Card, message: Mapping[str, Any]) -> bool:
    said, wanted = message.get("metadata") or {}, metadata_of(card)
    payload = said.get("event_payload") or {}
    return said.get("event_type") == EVENT_TYPE and wanted["event_payload"].items() <= payload.items()
