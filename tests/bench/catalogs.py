"""Catalogs of any size with believable names, the same each time."""

# ruff: noqa: SIM905 - long lists of words are read more easily as text

import itertools
import random

from bot.domain.workflow import Workflow, WorkflowId

ACTS = """
Repair Reset Restart Reinstall Update Install Uninstall Clear Check Configure Enable Disable Rebuild Sync
""".split()
PARTS = """
cache profile settings client service licence add-in driver certificate queue connection mailbox index policy firmware
permissions credentials database shortcut session
""".split()
KNOWN = """
Outlook OneDrive Teams Chrome Zoom Slack Acrobat VPN BitLocker printer SAP Citrix Salesforce Intune Defender SharePoint
Excel Wi-Fi dock
""".split()
PLACES = ("", "for finance", "for Berlin", "on kiosks", "for contractors", "on servers", "for sales", "in Lyon")
SYLLABLES = "ba co di fen gor hal ix jo kal lum mar nex or pra quo ris sol tev um vex wor yal zen".split()
SEED = 20_261
NEW_PRODUCT_EVERY = 40
"""In a large company about so many workflows share a product."""


def catalog_of(size: int) -> list[Workflow]:
    """Return workflows with distinct names; the larger the catalog, the more products it knows."""
    chance = random.Random(SEED)  # noqa: S311 - the same each time
    products = [*KNOWN, *("".join(chance.sample(SYLLABLES, 3)).title() for _ in range(size // NEW_PRODUCT_EVERY))]
    names: dict[str, None] = {}
    while len(names) < size:
        act, part, place = chance.choice(ACTS), chance.choice(PARTS), chance.choice(PLACES)
        names[f"{act} {chance.choice(products)} {part} {place}".strip()] = None
    return [
        Workflow(id=WorkflowId(f"#w{place}"), uuid="", name=name, description=_description(name, chance))
        for place, name in zip(itertools.count(), names, strict=False)
    ]


def _description(name: str, chance: random.Random) -> str:
    return f"Stops what uses it, does the work and reports: {name.lower()}." if chance.random() < 0.5 else ""
