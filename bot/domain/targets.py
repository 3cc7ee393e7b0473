"""Users or devices by name, for a start of many at once; a run that one person asks for has a `run.Target` instead."""

import enum
import re
from collections.abc import Mapping

from bot.domain.person import is_upn

MAX_TARGETS = 10_000
"""Users, and devices, in one call. See: https://docs.nexthink.com/api/workflows/trigger-a-workflow"""

UUID_PATTERN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
SID_PATTERN = re.compile(r"S(-\d+){2,10}|0", re.ASCII)
"""A Windows or macOS security identifier, or a nought. See: https://docs.nexthink.com/api/workflows/models"""


class Identifier(enum.StrEnum):
    """What names a user or a device; the values are the columns of a file of targets."""

    UPN = "upn"
    SID = "sid"
    USER_UID = "user_uid"
    COLLECTOR = "collector"
    DEVICE_UID = "device_uid"
    DEVICE = "device"

    @property
    def is_of_user(self) -> bool:
        """Whether it names a user; any other names a device."""
        return self in OF_USERS


OF_USERS = frozenset({Identifier.UPN, Identifier.SID, Identifier.USER_UID})


NamedTarget = Mapping[Identifier, str]
"""One user, or one device, by at least one identifier; several say the same more closely."""


def is_user(target: NamedTarget) -> bool:
    """Tell whether a target is a user; any other is a device."""
    return not OF_USERS.isdisjoint(target)


_V1_KEYS = ({Identifier.SID}, {Identifier.COLLECTOR})


def fits_v1(target: NamedTarget) -> bool:
    """Tell whether the first version of the endpoint can name a target: by its SID or its Collector alone."""
    return set(target) in _V1_KEYS


def fault_of(identifier: Identifier, value: str) -> str:
    """Say why Nexthink would not take a value, as a sentence without a subject; nothing where it would."""
    if identifier is Identifier.UPN:
        return "" if is_upn(value) else "is not a UPN that Nexthink takes, such as ada@example.com"
    if identifier is Identifier.SID:
        return "" if SID_PATTERN.fullmatch(value) else "is not a SID, such as S-1-5-21-1004"
    if identifier is Identifier.DEVICE:
        return "" if value.strip() else "is blank"
    return "" if UUID_PATTERN.fullmatch(value) else "is not a UUID"
