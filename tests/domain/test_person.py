"""People: what Nexthink takes as a UPN, and by which addresses a group knows somebody."""

import pytest

from bot.domain.person import Person, is_upn


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("ada@example.com", True),
        ("Ada.Lovelace+it%x_1-2@mail.corp-1.example.co", True),
        ("o'hara@example.com", False),
        ("zoë@example.com", False),
        ("ada@exämple.com", False),
        ("ada@example", False),
        ("ada@example.c", False),
        ("ada@example.com ", False),
        ("ada@example.com\n", False),
        ("@example.com", False),
        ("ada", False),
        ("", False),
    ],
)
def test_upn_is_plain_ascii(text: str, *, is_taken: bool) -> None:
    """An apostrophe, an accent or anything around the address is refused."""
    assert is_upn(text) is is_taken


def test_addresses_are_in_lower_case_without_empty_ones() -> None:
    """A group knows somebody by the Slack address or by the UPN."""
    ada = Person(slack_id="UADA", name="Ada", email="", upn="Ada@Corp.example.com")

    assert ada.addresses == {"ada@corp.example.com"}
