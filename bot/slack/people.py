"""Slack's members: who they are, remembered for a while."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import FixdeskError, NotAllowedError
from bot.domain.person import Profile
from bot.slack.calls import attempt_repeatable
from bot.usecases.ports import Clock

REMEMBERED_FOR = timedelta(minutes=10)
GROUP_REMEMBERED_FOR = timedelta(minutes=5)
GROUP_MEND = "Look at the group's id in the policy, and at the scope usergroups:read"
MOST_REMEMBERED = 10_000
_UNKNOWN = frozenset({"user_not_found", "user_not_visible", "users_not_found"})

log = logging.getLogger(__name__)


class SlackPeople:
    """Asks users.info, and remembers the answers."""

    def __init__(self, *, client: AsyncWebClient, team_id: str, clock: Clock) -> None:
        self._client = client
        self._team_id = team_id
        self._clock = clock
        self._remembered: dict[str, tuple[datetime, Profile]] = {}
        self._groups: dict[str, tuple[datetime, frozenset[str]]] = {}

    async def profile(self, slack_id: str, *, fresh: bool = False) -> Profile:
        """Return what Slack says of a member; raise `NotAllowedError` for one it does not know."""
        asked_at, remembered = self._remembered.get(slack_id, (None, None))
        if remembered and asked_at and not fresh and self._clock() - asked_at <= REMEMBERED_FOR:
            return remembered
        profile = read_profile({**await self._ask(slack_id), "id": slack_id}, self._team_id)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[slack_id] = (self._clock(), profile)
        return profile

    def known(self, slack_id: str) -> Profile | None:
        """Return what was last heard of a member, without asking; what is decided from it is checked afresh later."""
        _, profile = self._remembered.get(slack_id, (None, None))
        return profile

    async def members_of(self, usergroup: str, *, fresh: bool = False) -> frozenset[str]:
        """Return who is in a user group; nobody where Slack does not know it, or does not let it be read.

        Raises a passing `FixdeskError` where Slack does not answer: with `fresh`, what is remembered does not count.

        See: https://docs.slack.dev/reference/methods/usergroups.users.list
        """
        known = self._groups.get(usergroup)
        if known and not fresh and self._clock() - known[0] <= GROUP_REMEMBERED_FOR:
            return known[1]
        outcome = await attempt_repeatable(lambda: self._client.usergroups_users_list(usergroup=usergroup))
        if outcome.refusal:
            log.error("The members of %s cannot be read: %s. %s", usergroup, outcome.refusal, GROUP_MEND)
        elif outcome.answer is None:
            log.warning("usergroups.users.list: %s", outcome.failure)
            if known and not fresh:
                return known[1]
            raise FixdeskError("Slack does not say who is in a group of the policy. Please try again.")
        users = outcome.answer.get("users") if outcome.answer else None
        members = frozenset(map(str, users or ()))
        self._groups[usergroup] = (self._clock(), members)
        return members

    def known_members(self, usergroup: str) -> frozenset[str]:
        """Return who was in it when it was asked last; what is decided from it is checked afresh later."""
        known = self._groups.get(usergroup)
        return known[1] if known else frozenset()

    async def _ask(self, slack_id: str) -> Mapping[str, Any]:
        outcome = await attempt_repeatable(lambda: self._client.users_info(user=slack_id))
        if outcome.refusal in _UNKNOWN:
            raise NotAllowedError("You are not allowed to use fixdesk: Slack does not show who you are.")
        if outcome.answer is None:
            log.warning("users.info: %s", outcome.failure)
            raise FixdeskError("Slack does not say who you are at the moment. Please try again.")
        return outcome.answer.get("user") or {}


def read_profile(user: Mapping[str, Any], team_id: str) -> Profile:
    """Read a user object; flags that are absent do not hold, an absent confirmation counts as given.

    See: https://docs.slack.dev/reference/objects/user-object
    """
    profile = user.get("profile") or {}
    return Profile(
        slack_id=str(user.get("id", "")),
        name=str(profile.get("real_name") or user.get("real_name") or user.get("name") or user.get("id", "")),
        email=str(profile.get("email") or ""),
        is_email_confirmed=user.get("is_email_confirmed") is not False,
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=bool(user.get("is_stranger")),
        is_bot=bool(user.get("is_bot")),
        is_deactivated=bool(user.get("deleted")),
        is_of_this_team=_is_of_team(user, team_id),
    )


def _is_of_team(user: Mapping[str, Any], team_id: str) -> bool:
    """Tell whether a member is of this workspace; on an Enterprise Grid it is one of several that they belong to."""
    enterprise = user.get("enterprise_user") or {}
    teams = {str(team) for team in enterprise.get("teams") or ()} | {str(user.get("team_id") or team_id)}
    return not team_id or team_id in teams
