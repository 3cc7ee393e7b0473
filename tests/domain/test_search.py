"""Search: what is found for some words, in which order, and when it is sure."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.query import MOST_WORDS
from bot.domain.search import NEAR, SHOWN_FROM, Index, Match, Matches, build_index
from bot.domain.words import words_of
from bot.domain.workflow import Workflow, WorkflowId
from bot.thesaurus.files import load_thesaurus
from tests.domain.values import a_workflow

CATALOG = (
    a_workflow("#clear_teams_cache", name="Clear Teams cache", description="Empties the folders of Microsoft Teams."),
    a_workflow("#restart_outlook", name="Restart Outlook", description="Closes the mail client and opens it again."),
    a_workflow("#reset_vpn", name="Reset VPN", description="Makes a new profile for the VPN client."),
    a_workflow("#reset_onedrive", name="Reset OneDrive", description="Syncs every file of the person anew."),
    a_workflow("#fix_printer", name="Repair printer", description="Clears the queue and installs the driver again."),
    a_workflow("#reset_password", name="Reset password", description="Gives a temporary password."),
    a_workflow("#windows_11_migration", name="Windows 11 migration", description="Upgrades the device."),
)
ALIASES = {WorkflowId("#clear_teams_cache"): ["teams slow", "calls frozen"]}
THESAURUS = load_thesaurus()
INDEX = build_index(CATALOG, ALIASES, THESAURUS)
NAMES = [workflow.name for workflow in CATALOG]
WORDS = st.sampled_from([*" ".join(NAMES).split(), "slow", "the", "my", "not", "on", "off", "is", "one", "drive"])
QUERIES = st.lists(WORDS | st.text(max_size=6), max_size=6).map(" ".join)


def found(query: str, index: Index = INDEX) -> list[str]:
    """Return the ids that are found, best first."""
    return [match.workflow.id for match in index.find(query).ranked]


@pytest.mark.parametrize("workflow", CATALOG, ids=lambda workflow: workflow.id)
def test_name_as_it_stands_finds_its_workflow_for_sure(workflow: Workflow) -> None:
    """The exact name scores 1 and is clear, however it is written."""
    for query in (workflow.name, workflow.name.upper(), f"  {workflow.name}! "):
        best = INDEX.find(query).clear
        assert best is not None
        assert (best.workflow, best.score) == (workflow, 1.0)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=6, unique_by=str.casefold))
@example(["Windows 10 to Windows 11 upgrade", "Windows 10 to 11 upgrade check"])
@settings(deadline=None)
def test_exact_name_comes_first(names: list[str]) -> None:
    """Whatever else is in the catalog, nothing but the same words in another order comes before an exact name."""
    index = build_index([a_workflow(f"#{place}", name=name) for place, name in enumerate(names)], {}, THESAURUS)

    for name in names:
        first = index.find(name).ranked[0]
        assert sorted(words_of(first.workflow.name)) == sorted(words_of(name))
        assert first.score >= 0.9995


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("temas cahce", "#clear_teams_cache"),
        ("outlok", "#restart_outlook"),
        ("onedirve", "#reset_onedrive"),
        ("passwrod", "#reset_password"),
        ("prnter", "#fix_printer"),
        ("outl", "#restart_outlook"),
        ("one drive", "#reset_onedrive"),
        ("printers", "#fix_printer"),
        ("migrating windows", "#windows_11_migration"),
        ("Pässword", "#reset_password"),
        ("vpn?!", "#reset_vpn"),
        ("frozen calls", "#clear_teams_cache"),
        ("mail client", "#restart_outlook"),
    ],
)
def test_words_near_the_catalog_find_it(query: str, best: str) -> None:
    """Slips, beginnings, endings, parted words, accents, aliases and descriptions all lead to the workflow."""
    assert found(query)[0] == best


@pytest.mark.parametrize("query", ["", "   ", "?!", "xqzzv wplk", "the best lasagne recipe", "zz", "…"])
def test_nonsense_finds_nothing(query: str) -> None:
    """Words that the catalog does not have fit no workflow."""
    assert found(query) == []


def test_one_known_word_among_many_unknown_ones_is_not_enough() -> None:
    """A workflow has to match a good share of what was said."""
    assert found("who won the football match on vpn television yesterday") == []


@pytest.mark.parametrize(
    "plea", ["my outlook is not working", "please help me with my outlook", "I can't get OUTLOOK!"]
)
def test_filler_words_count_for_nothing(plea: str) -> None:
    """What a plea says besides its subject does not change what is found first."""
    assert found(plea)[0] == "#restart_outlook"


def test_only_the_first_thirty_words_count() -> None:
    """A keystroke is answered at once, however much was pasted."""
    nonsense = [f"xq{number}z" for number in range(29)]

    assert MOST_WORDS == 30
    assert INDEX.find(" ".join([*nonsense, "vpn", "outlook"])) == INDEX.find(" ".join([*nonsense, "vpn"]))
    assert found(" ".join(["vpn"] * 30 + ["outlook"] * 1_000)) == ["#reset_vpn"]


def test_fillers_alone_are_taken_at_their_word() -> None:
    """Where nothing else was typed, a filler may still be in a name."""
    index = build_index([a_workflow("#how", name="How to get help")], {}, THESAURUS)

    assert found("how to", index) == ["#how"]


def test_name_beats_an_alias_and_an_alias_a_description() -> None:
    """The same word weighs by where it stands, and a long text does not win by its length."""
    index = build_index(
        [
            a_workflow("#a", name="Other", description="citrix " * 50),
            a_workflow("#b", name="Another"),
            a_workflow("#c", name="Citrix"),
        ],
        {WorkflowId("#b"): ["citrix"]},
    )

    assert found("citrix", index) == ["#c", "#b", "#a"]


def test_equals_stand_in_the_order_of_their_ids() -> None:
    """Nothing but the id parts two workflows of one name."""
    index = build_index([a_workflow("#b", name="Same"), a_workflow("#a", name="Same")], {}, THESAURUS)

    assert found("same", index) == ["#a", "#b"]


def test_empty_catalog_finds_nothing() -> None:
    """There is no division by nothing."""
    assert build_index([], {}, THESAURUS).find("teams") == Matches()


@given(QUERIES)
@settings(deadline=None)
def test_ranking_is_in_order_and_within_bounds(query: str) -> None:
    """Scores and likenesses lie in 0 to 1, the best comes first, and nothing comes twice."""
    ranked = INDEX.find(query).ranked

    assert all(SHOWN_FROM - 0.0001 <= match.score <= 1 and 0 <= match.likeness <= 1 for match in ranked)
    assert [match.score for match in ranked] == sorted((match.score for match in ranked), reverse=True)
    assert len({match.workflow.id for match in ranked}) == len(ranked)


@given(QUERIES, st.permutations(CATALOG), st.integers(1, 8))
@settings(deadline=None)
def test_ranking_depends_on_words_alone(query: str, catalog: list[Workflow], limit: int) -> None:
    """The order in which a catalog came changes nothing, and a limit only cuts the end off."""
    shuffled = build_index(catalog, ALIASES, THESAURUS)

    assert shuffled.find(query, limit).ranked == INDEX.find(query, 100).ranked[:limit]


def ranked(*scores: float, likenesses: tuple[float, ...] = ()) -> Matches:
    """Return matches of these scores."""
    alike = likenesses or (0.0,) * len(scores)
    return Matches(
        ranked=tuple(
            Match(workflow=a_workflow(f"#{place}"), score=score, likeness=likeness)
            for place, (score, likeness) in enumerate(zip(scores, alike, strict=True))
        )
    )


@pytest.mark.parametrize(
    ("matches", "is_clear"),
    [
        (ranked(), False),
        (ranked(0.59), False),
        (ranked(0.6), True),
        (ranked(0.7, 0.6), False),
        (ranked(0.75, 0.6), True),
        (ranked(1.0, 0.95), False),
        (ranked(1.0, 0.85), True),
        (ranked(0.95, 0.94, likenesses=(0.9, 0.7)), True),
        (ranked(0.95, 0.94, likenesses=(0.8, 0.75)), False),
        (ranked(1.0, 0.99, likenesses=(1.0, 0.95)), True),
        (ranked(1.0, 1.0, likenesses=(1.0, 1.0)), False),
        (ranked(0.7, 0.69, likenesses=(1.0, 0.5)), False),
    ],
)
def test_best_match_is_clear_by_score_and_lead(matches: Matches, *, is_clear: bool) -> None:
    """Preselecting takes a good score with a lead, or a very good one and a nearer name."""
    assert matches.clear == (matches.ranked[0] if is_clear else None)


@pytest.mark.parametrize(
    ("query", "is_confident"),
    [
        ("my outlook is frozen", True),
        ("teams slow", True),
        ("outllok", False),
        ("slow", False),
        ("outlook of my quxfrob", False),
        ("", False),
    ],
)
def test_it_speaks_up_only_when_it_understood(query: str, *, is_confident: bool) -> None:
    """Unknown or mistyped words, and a mere complaint, are no ground to speak unasked."""
    assert INDEX.find(query).is_confident is is_confident


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("mein drucker druckt nicht", "#fix_printer"),
        ("imprimante bloquée", "#fix_printer"),
        ("he olvidado mi contraseña", "#reset_password"),
        ("password dimenticata", "#reset_password"),
        ("esqueci a minha senha", "#reset_password"),
        ("wachtwoord vergeten", "#reset_password"),
        ("printer does nothing", "#fix_printer"),
        ("forgot my pwd", "#reset_password"),
        ("can't sync my files with one drive", "#reset_onedrive"),
        ("druckertreiber", "#fix_printer"),
        ("win11", "#windows_11_migration"),
    ],
)
def test_symptoms_and_other_languages_are_understood(query: str, best: str) -> None:
    """The thesaurus knows what people mean, in seven languages."""
    assert found(query)[0] == best


@given(st.text(max_size=3_000))
@example("")
@example("🖨️🔥")
@example("'; DROP TABLE runs; --")
@example("(a+)+$ [^")
@example("الطابعة لا تعمل")
@example("a" * 3_000)
@example("teams " * 500)
@settings(deadline=None, max_examples=50)
def test_any_text_is_answered(query: str) -> None:
    """Whatever is pasted, there is an answer, and the same one each time."""
    assert INDEX.find(query) == INDEX.find(query)


def test_what_a_person_knows_comes_first_among_equals_only() -> None:
    """Familiarity orders near equals, and lifts nothing over a clearly better match."""
    index = build_index([a_workflow("#a", name="Reset VPN"), a_workflow("#b", name="Reset DNS")], {}, THESAURUS)

    def knows_b(workflow_id: WorkflowId) -> float:
        return float(workflow_id == "#b")

    assert [one.workflow.id for one in index.find("reset", familiarity=knows_b).ranked] == ["#b", "#a"]
    assert index.find("reset vpn", familiarity=knows_b).ranked[0].workflow.id == "#a"
    assert NEAR < 0.05


def test_what_is_not_permitted_is_left_out_and_does_not_take_a_place() -> None:
    """A limit counts only what is shown."""
    workflows = [a_workflow(f"#{number}", name=f"Reset thing {number}") for number in range(50)]
    index = build_index(workflows, {}, THESAURUS)

    shown = index.find("reset", 3, permits=lambda workflow: workflow.id > "#47").ranked

    assert [one.workflow.id > "#47" for one in shown] == [True] * 3


@pytest.mark.parametrize("allowed", ["Reset VPN on kiosks", "Reset VPN profile 40"])
def test_what_is_permitted_is_found_however_far_behind(allowed: str) -> None:
    """The ranking goes on until there is enough that a person may run, or nothing fits any more."""
    names = ["Reset VPN on kiosks", *(f"Reset VPN profile {number}" for number in range(100)), "Repair VPN", "Reset"]
    index = build_index([a_workflow(f"#{place}", name=name) for place, name in enumerate(names)], {}, THESAURUS)

    found = index.find("reset vpn", permits=lambda workflow: workflow.name in {allowed, "Repair VPN"})

    assert [match.workflow.name for match in found.ranked] == [allowed, "Repair VPN"]


def test_matched_words_of_the_name_are_told() -> None:
    """So that they can be highlighted."""
    assert INDEX.find("teams cahce").ranked[0].words == ("teams", "cache")


def test_reasons_tell_why() -> None:
    """Each word that counts has its share, and what it stands for."""
    reasons = INDEX.explain("outlok qzx", WorkflowId("#restart_outlook"))

    assert [reason.word for reason in reasons] == ["outlok", "qzx"]
    assert '"outlook" in the name' in reasons[0].because
    assert reasons[1].because == "nobody knows this word"
    assert sum(reason.share for reason in reasons) == pytest.approx(1.0, abs=0.02)
