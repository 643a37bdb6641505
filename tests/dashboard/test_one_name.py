"""A hybrid with something classical in its circuit's place has one name on pages and in texts: classical twin."""

import re

from dashboard.dosing.networks.wording import LABELS
from qcore.settings import REPOSITORY
from qcore.tasks.aki.model import LABELS as AKI_LABELS
from qcore.tasks.classification.model import CONTROL, TITLES

OTHER_NAMES = re.compile(r"classical (?:network|control|counterpart)s?\b", re.IGNORECASE)


def test_the_pages_agree() -> None:
    assert AKI_LABELS[CONTROL] == TITLES[CONTROL] == LABELS["classical"] == "Classical twin"


def test_no_text_has_another_name() -> None:
    cards = (REPOSITORY / "assets").rglob("*.md")
    files = [REPOSITORY / "README.md", *cards, *(REPOSITORY / "dashboard").rglob("*.py")]
    assert [file for file in files if OTHER_NAMES.search(file.read_text(encoding="utf-8"))] == []
