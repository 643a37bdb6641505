"""What a test reads off a page."""

import re
from collections.abc import Iterable

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from qcore.records import audit
from qcore.units import UnitSystem

NO_BREAK_SPACE = "\u00a0"
RISK = re.compile(r"^## (less than 1|\d+(?:\.\d)?) % risk of acute kidney injury in the next 24 hours$")
CONVENTIONAL, SI = UnitSystem
TYPED, UPLOADED = "Enter or paste values", "Upload a table"


def everything(page: AppTest) -> str:
    """All sentences on the page, one a line."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "exception")
    return "\n".join(sentence for kind in kinds for sentence in sentences(getattr(page, kind)))


def risk(page: AppTest) -> str | None:
    """The percentage of the answer, None where the page gives no answer."""
    found = [match.group(1) for m in sentences(page.markdown) if (match := RISK.match(m))]
    assert len(found) <= 1
    return found[0] if found else None


def sentences(elements: Iterable[Element]) -> list[str]:
    """The texts of elements of one kind; a space that does not break counts as a space."""
    return [str(element.value).replace(NO_BREAK_SPACE, " ") for element in elements]


def is_fault_free(page: AppTest) -> bool:
    """Tell whether nothing failed; the app shows a sentence where a page raised, so both are looked for."""
    return not page.exception and not page.error


def rows_in_trail() -> int:
    """How many rows the audit trail has; it must be intact."""
    found = audit.verify()
    assert found.broken is None, found.message
    return found.count
