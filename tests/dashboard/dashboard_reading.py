"""What a test reads off a page."""

import re

from streamlit.testing.v1 import AppTest

from qcore.records import audit

RISK = re.compile(r"^### (less than 1|\d+(?:\.\d)?) % risk of acute kidney injury in the next 24 hours$")
SI = "µmol/L, mmol/L"
TYPED, UPLOADED = "Enter or paste values", "Upload a table"


def everything(page: AppTest) -> str:
    """All sentences on the page, one a line."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "exception")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(page, kind))


def risk(page: AppTest) -> str | None:
    """The percentage of the answer, None where the page gives no answer."""
    found = [match.group(1) for m in page.markdown if (match := RISK.match(m.value))]
    assert len(found) <= 1
    return found[0] if found else None


def sentences(elements: object) -> list[str]:
    """The texts of elements of one kind."""
    return [element.value for element in elements]  # type: ignore[attr-defined]


def is_fault_free(page: AppTest) -> bool:
    """Tell whether nothing failed; the app shows a sentence where a page raised, so both are looked for."""
    return not page.exception and not page.error


def rows_in_trail() -> int:
    """How many rows the audit trail has; it must be intact."""
    found = audit.verify()
    assert found.broken is None, found.message
    return found.count
