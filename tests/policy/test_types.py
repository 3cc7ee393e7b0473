"""The types of parameters."""

import pytest

from bot.policy.types import ParameterType, fault_of_type


@pytest.mark.parametrize(
    ("kind", "value", "is_right"),
    [
        ("text", "anything", True),
        ("number", "4", True),
        ("number", "-2.5", True),
        ("number", "1e400", False),
        ("number", "nan", False),
        ("number", "1_000", False),
        ("number", "four", False),
        ("number", "٤", False),
        ("date", "2026-11-24", True),
        ("date", "2026-02-30", False),
        ("date", "20261124", False),
        ("date", "24.11.2026", False),
        ("email", "ada@example.com", True),
        ("email", "ada", False),
        ("email", "a b@example.com", False),
    ],
)
def test_value_is_of_its_type_or_told(kind: ParameterType, value: str, *, is_right: bool) -> None:
    """With an example of a right one."""
    assert (fault_of_type(kind, value) == "") == is_right
