"""What holds in a wide window holds in a narrow one, where what stood side by side stands below one another."""

import re
from pathlib import Path

from dashboard.shared.style import STYLE
from qcore.settings import REPOSITORY

SIDES = re.compile(r"\b(?:Left|Right): |entered at the (?:left|right)")
"""Words for one of two that stand side by side; the sidebar stays at the left."""


def sources() -> dict[Path, str]:
    return {file: file.read_text(encoding="utf-8") for file in (REPOSITORY / "dashboard").rglob("*.py")}


def test_no_sentence_tells_charts_apart_by_their_side() -> None:
    assert [file for file, text in sources().items() if SIDES.search(text)] == []


def test_what_a_number_means_keeps_its_room() -> None:
    """At 1024 pixels, numbers that are not broken left it a word a line."""
    assert re.search(r"\.q-table \.meaning \{min-width: 1[2-9]em;\}", STYLE)
    tables = {file: text for file, text in sources().items() if "<th>Meaning</th>" in text}
    assert tables
    assert all("<td class='meaning'>" in text for text in tables.values())
