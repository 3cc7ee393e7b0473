"""The app as installed in one workspace: what the Web API and people's clients share."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from bot.playground.clock import Clock
from bot.playground.slack.manifest import Manifest
from bot.playground.slack.mint import Mint
from bot.playground.slack.rate import RESPONSE_BURST, MessageRate, MethodRate
from bot.playground.slack.triggers import TRIGGER_LIFE, Triggers
from bot.playground.slack.workspace import Workspace

ACK_TIMEOUT = timedelta(seconds=3)
"""https://docs.slack.dev/interactivity/handling-user-interaction"""
MESSAGES_PER_SECOND = 1.0
"""https://docs.slack.dev/apis/web-api/rate-limits"""


def _token(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a test or a script may set; the defaults are Slack's own."""

    port: int = 0
    """0 takes a free one."""
    bot_token: str = field(default_factory=lambda: _token("xoxb-"), repr=False)
    app_token: str = field(default_factory=lambda: _token("xapp-"), repr=False)
    signing_secret: str = field(default_factory=lambda: _token(""), repr=False)
    ack_timeout: timedelta = ACK_TIMEOUT
    trigger_life: timedelta = TRIGGER_LIFE
    messages_per_second: float = MESSAGES_PER_SECOND
    """For each channel; 0 switches every rate limit off, which a test with a standing clock needs."""
    message_burst: int = 1


@dataclass(slots=True)
class Installation:
    """One app in one workspace."""

    workspace: Workspace
    manifest: Manifest
    settings: Settings
    clock: Clock
    url: str = ""
    """Where this Slack is reached, known once it listens."""
    uploads: dict[str, str] = field(default_factory=dict)
    """The ticket of each upload that the app has announced → the id of its file."""
    mint: Mint = field(init=False)
    triggers: Triggers = field(init=False)
    rate: MessageRate = field(init=False)
    response_rate: MessageRate = field(init=False)
    method_rate: MethodRate = field(init=False)

    def __post_init__(self) -> None:
        self.mint = Mint(self.clock)
        self.triggers = Triggers(self.clock, self.settings.trigger_life)
        per_second = self.settings.messages_per_second
        self.rate = MessageRate(self.clock, per_second, self.settings.message_burst)
        self.response_rate = MessageRate(self.clock, per_second, RESPONSE_BURST)
        self.method_rate = MethodRate(self.clock, is_on=bool(per_second))
