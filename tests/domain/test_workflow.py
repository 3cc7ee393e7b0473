"""Workflows: labels, needs, and whether the API may start them."""

import pytest

from bot.domain.workflow import Needs, Parameter
from tests.domain.values import a_workflow


@pytest.mark.parametrize(
    ("parameter_id", "label"),
    [
        ("ticket_number", "Ticket number"),
        ("ticketNumber", "Ticket Number"),
        ("reason", "Reason"),
        ("days-to.keep", "Days to keep"),
        ("  spaced   out ", "Spaced out"),
        ("URL", "URL"),
        ("drive2Map", "Drive2 Map"),
        ("___", "___"),
    ],
)
def test_label_is_the_id_in_words(parameter_id: str, label: str) -> None:
    """An id is parted at its signs and its capitals; one without a word stays as it is."""
    assert Parameter(id=parameter_id).label == label


@pytest.mark.parametrize(
    ("has_user", "has_device", "needs"),
    [
        (True, True, Needs.BOTH),
        (True, False, Needs.USER),
        (False, True, Needs.DEVICE),
        (False, False, Needs.NEITHER),
    ],
)
def test_needs_are_named_by_two_flags(*, has_user: bool, has_device: bool, needs: Needs) -> None:
    """What an active version says becomes one word, which still knows of the device."""
    assert Needs.of(has_user=has_user, has_device=has_device) is needs
    assert needs.has_device is has_device


@pytest.mark.parametrize(
    ("is_active", "is_api_enabled", "can_start"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_workflow_can_start_if_it_is_active_and_enabled(
    *, is_active: bool, is_api_enabled: bool, can_start: bool
) -> None:
    """Both must hold."""
    assert a_workflow(is_active=is_active, is_api_enabled=is_api_enabled).can_start is can_start
