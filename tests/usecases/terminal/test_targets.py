"""Reading targets: files as people save them, values as they type them, and all that is wrong at once."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.targets import Identifier, NamedTarget
from bot.usecases.terminal.targets import TargetList, TargetsError, faults_in, read_targets, read_values

UUID = "4d54131c-c9ab-556f-8192-a343869454f1"
ADA: NamedTarget = {Identifier.UPN: "ada@example.com"}


def read(text: str) -> TargetList:
    """Read a file of this text."""
    return read_targets(text.encode())


def faults(content: str | bytes) -> list[str]:
    """Return what is wrong with a file."""
    with pytest.raises(TargetsError) as caught:
        read_targets(content.encode() if isinstance(content, str) else content)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    "content",
    [
        b"upn\nada@example.com\n",
        b"\xef\xbb\xbfUPN\r\nada@example.com\r\n",
        b"\n  Upn  \n\n  ada@example.com \n\n",
        b"sid;upn\n;ada@example.com\n",
        b"upn\tsid\nada@example.com\t\n",
        b"upn,sid\nada@example.com\n",
        b'"upn","sid"\n"ada@example.com",""\n',
        b"upn\nada@example.com",
    ],
)
def test_file_is_read_as_it_was_saved(content: bytes) -> None:
    """Whatever mark, line ends, delimiter, quotes, case, spaces or blank lines a program leaves in it."""
    assert read_targets(content) == TargetList(targets=(ADA,))


def test_columns_of_one_side_make_one_target() -> None:
    """Several identifiers in a line name the same device more closely; lines may use different ones."""
    read_back = read(f"device,collector,device_uid\nLT-1,{UUID},\n,,{UUID}\n")

    assert read_back.targets == (
        {Identifier.DEVICE: "LT-1", Identifier.COLLECTOR: UUID},
        {Identifier.DEVICE_UID: UUID},
    )
    assert not read_back.is_of_users


def test_repeated_targets_are_dropped_and_counted() -> None:
    """Without regard to case; the first one stays as it was written."""
    read_back = read("upn\nada@example.com\ngrace@example.com\nADA@example.com\nada@example.com\n")

    assert read_back.upns == ("ada@example.com", "grace@example.com")
    assert read_back.duplicates == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ["line 1: the file is empty; the first line must name the columns, of upn, sid, user_uid, collector, "]),
        ("upn\n\n", ["line 1: no targets follow the header"]),
        ("upn,mail\nada@example.com,x\n", ["line 1: 'mail' is no column that is known; the first line must name"]),
        ("ada@example.com\ngrace@example.com\n", ["line 1: 'ada@example.com' is no column that is known"]),
        ("upn,UPN\na@b.cc,a@b.cc\n", ["line 1: 'upn' stands twice in the header"]),
        ("upn\nada\n", ["line 2: 'ada' is not a UPN that Nexthink takes, such as ada@example.com; mend or remove it"]),
        ("upn\nada@example.com,x\n", ["line 2: it has more cells than the header, which has 1"]),
        ("upn,device\nada@example.com,LT-1\n", ["line 2: it names a user and a device; keep one of the two"]),
        (
            "upn,device\n\nada@example.com,\n,LT-1\n,LT-2\n",
            ["line 4: it names a device, and line 3 a user; make a file of each"],
        ),
        (
            f"sid,user_uid\nS-1,\n,{UUID}x\nS-1-5-1,\n0,\nx,y\n",
            ["line 2: 'S-1' is not a SID", f"line 3: '{UUID}x' is not a UUID", "line 6: 'x' is", "line 6: 'y' is"],
        ),
        (b"upn\nada@example.com\nad\xe9@example.com\n", ["line 3: this is not UTF-8 text; save the file as CSV UTF-8"]),
        ('upn\n"ada@example.com\ngrace@example.com\n', ["line 3: this is not CSV"]),
        ('device\n"LT-1\nLT-2"\n', ["line 3: 'LT-1\\nLT-2' holds a character that no name has; mend or remove it"]),
    ],
)
def test_every_line_that_is_wrong_is_named(content: str | bytes, said: list[str]) -> None:
    """With its number, its value and the mend, in the order of the file."""
    found = faults(content)

    assert len(found) == len(said)
    for fault, beginning in zip(found, said, strict=True):
        assert fault.startswith(beginning)


def test_long_value_is_shown_shortened() -> None:
    """A line of a novel does not fill the screen."""
    (fault,) = faults(f"upn\n{'x' * 1000}\n")

    assert len(fault) < 250


NAMES = st.integers(0, 30).map(lambda number: f"user{number}@example.com")
DELIMITERS = st.sampled_from([",", ";", "\t"])


@given(st.lists(NAMES, min_size=1), DELIMITERS, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_written_file_is_read_back(names: list[str], delimiter: str, quotes: bool, end: str) -> None:  # noqa: FBT001 - an example's flag
    """In any dialect: every name once, in order, and the others counted."""
    file = io.StringIO()
    writer = csv.writer(
        file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL if quotes else csv.QUOTE_MINIMAL
    )
    writer.writerows([["user_uid", "upn"], *(["", name] for name in names)])

    read_back = read(file.getvalue())

    assert read_back.upns == tuple(dict.fromkeys(names))
    assert read_back.duplicates == len(names) - len(set(names))


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: f"upn\n{text}".encode(errors="replace")))
def test_any_file_is_read_or_refused_in_order(content: bytes) -> None:
    """Whatever it holds, there is an answer, and its faults go down the file."""
    try:
        assert read_targets(content).targets
    except TargetsError as error:
        lines = [fault.line for fault in error.faults]
        assert lines
        assert lines == sorted(lines)


def test_large_file_is_read_whole() -> None:
    """A hundred thousand lines are a hundred thousand targets."""
    content = ("upn\n" + "".join(f"user{number}@example.com\n" for number in range(100_000))).encode()

    assert len(read_targets(content).targets) == 100_000


def test_values_are_targets_each() -> None:
    """Of several kinds, without those that are named twice."""
    read_back = read_values({Identifier.UPN: ("ada@example.com", " ADA@example.com "), Identifier.SID: ("S-1-5-1",)})

    assert read_back.targets == (ADA, {Identifier.SID: "S-1-5-1"})
    assert (read_back.duplicates, read_back.is_of_users, read_back.upns) == (1, True, None)


def test_wrong_values_are_named_with_their_option() -> None:
    """All of them at once, and both sides in one call too."""
    given_values = {Identifier.UPN: ("ada",), Identifier.DEVICE_UID: ("x",), Identifier.DEVICE: ("LT\n1", " ")}

    assert list(faults_in(given_values)) == [
        "--upn: 'ada' is not a UPN that Nexthink takes, such as ada@example.com",
        "--device-uid: 'x' is not a UUID",
        "--device: 'LT\\n1' holds a character that no name has",
        "--device: ' ' is blank",
        "name users or devices, not both in one call: run it once for each",
    ]
