"""Workflows: what can be run, what it needs, what it asks for; not how a catalog is fetched or searched."""

import dataclasses
import enum
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NewType

WorkflowId = NewType("WorkflowId", str)
"""Nexthink's NQL id: `#` and a slug, fixed when the workflow is created."""

CORRELATION_PARAMETER = "correlation_id"
"""A workflow parameter of this name is never shown: it carries the run's id to the workflow."""


class Needs(enum.StrEnum):
    """What a workflow runs on."""

    USER = "user"
    DEVICE = "device"
    BOTH = "both"
    NEITHER = "neither"

    @classmethod
    def of(cls, *, has_user: bool, has_device: bool) -> "Needs":
        """Name what the two flags of an active version say together."""
        by_flags = {
            (True, True): cls.BOTH,
            (True, False): cls.USER,
            (False, True): cls.DEVICE,
            (False, False): cls.NEITHER,
        }
        return by_flags[has_user, has_device]

    @property
    def has_device(self) -> bool:
        """Whether a device is part of the target."""
        return self in {Needs.DEVICE, Needs.BOTH}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a workflow; every value is a string."""

    id: str
    options: tuple[str, ...] = ()
    allow_custom_value: bool = True
    """Whether a value outside `options` is taken; without options any text is."""
    description: str = ""

    @property
    def label(self) -> str:
        """The id in words: `ticket_number` is "Ticket number"."""
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.\s]+", " ", self.id).strip()
        return (words[:1].upper() + words[1:]) or self.id


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A workflow with its one active version."""

    id: WorkflowId
    uuid: str
    name: str
    description: str = ""
    needs: Needs | None = None
    """None where Nexthink did not say."""
    version: str = ""
    """The active version's uuid or number; what an approval is given for."""
    parameters: tuple[Parameter, ...] = ()
    is_active: bool = True
    is_api_enabled: bool = True

    @property
    def can_start(self) -> bool:
        """Whether Nexthink lets the API start it."""
        return self.is_active and self.is_api_enabled


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The workflows that fixdesk knows, and when Nexthink said so."""

    workflows: Mapping[WorkflowId, Workflow]
    fetched_at: datetime
