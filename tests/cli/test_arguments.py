"""Arguments of the commands: how words and options are read, and that all faults are said at once."""

from pathlib import Path

import pytest

from bot.cli.arguments import Given, RunCall, RunOptions, read_parameters, read_run
from bot.domain.errors import ConfigurationError
from bot.domain.targets import Identifier

UPN, SID, DEVICE = Identifier.UPN, Identifier.SID, Identifier.DEVICE
ADA, GRACE = "ada@example.com", "grace@example.com"
FILE = RunOptions(file=Path("targets.csv"))


def read(words: str, given: Given, *parameters: str, options: RunOptions | None = None) -> RunCall:
    """Read a call."""
    return read_run(words.split(), given, parameters, options or RunOptions())


def faults(words: str, given: Given, *parameters: str, options: RunOptions | None = None) -> list[str]:
    """Return what is wrong with a call."""
    with pytest.raises(ConfigurationError) as caught:
        read(words, given, *parameters, options=options)
    return list(caught.value.faults)


@pytest.mark.parametrize("words", ["#fix", f"#fix {GRACE}", f"{GRACE} #fix"])
def test_words_are_further_values_of_the_option(words: str) -> None:
    """Wherever the id stands among them."""
    call = read(words, {UPN: (ADA,), SID: ()})

    assert call.workflow_id == "#fix"
    assert call.given == {UPN: (ADA, GRACE) if GRACE in words else (ADA,)}


def test_kinds_of_one_side_may_be_mixed() -> None:
    """Each with its own values."""
    assert read("#fix", {UPN: (ADA,), SID: ("S-1-5-1",)}).given == {UPN: (ADA,), SID: ("S-1-5-1",)}


def test_value_of_a_parameter_may_hold_anything() -> None:
    """Its name ends at the first equals sign."""
    assert read_parameters(["a=b=c", "d=", " e =f"]) == ({"a": "b=c", "d": "", "e": "f"}, [])


@pytest.mark.parametrize(
    ("words", "given", "options", "said"),
    [
        ("", {UPN: (ADA,)}, None, ["ID: name the workflow by its id, which begins with #; in quotes"]),
        ("fix", {UPN: (ADA,)}, None, ["ID: name the workflow", "--upn: 'fix' is not a UPN"]),
        ("#a #b", {UPN: (ADA,)}, None, ["ID: #a, #b are 2 workflows; run one at a time"]),
        ("#fix", {}, None, ["name at least one target, with one of --upn, --sid, --user-uid, --collector"]),
        ("#fix x y", {}, None, ["'x', 'y': say what this names, for no option is given", "name at least one"]),
        (
            f"#fix {GRACE}",
            {UPN: (ADA,), SID: ("S-1-5-1",)},
            None,
            [f"'{GRACE}': say what this names, for several options are given; put one of --upn, --sid before each"],
        ),
        ("#fix", {UPN: (ADA,), DEVICE: ("LT-1",)}, None, ["name users or devices, not both in one call"]),
        ("#fix", {UPN: (ADA,)}, FILE, ["--file: the file names the targets; leave --upn out"]),
        ("#fix", {DEVICE: ("LT-1",)}, RunOptions(continues=True, again=True), ["--continue and --again exclude"]),
        ("#fix a=b", {DEVICE: ("LT-1",)}, None, ["'a=b': for a parameter write --param a=b"]),
    ],
)
def test_wrong_call_is_told(words: str, given: Given, options: RunOptions | None, said: list[str]) -> None:
    """Each fault with its mend."""
    found = faults(words, given, options=options)

    assert len(found) == len(said)
    for fault, beginning in zip(found, said, strict=True):
        assert fault.startswith(beginning)


def test_everything_wrong_is_told_at_once() -> None:
    """From the id to the parameters."""
    found = faults("", {UPN: ("ada", "grace"), SID: ("x",)}, "a", "=b", "c=1", "c=2")

    assert [fault.split(":")[0] for fault in found] == [
        *("ID", "--upn", "--upn", "--sid"),
        *("--param", "--param", "--param c"),
    ]
