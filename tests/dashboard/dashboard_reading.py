"""What a test reads off a page."""

import base64
import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from sqlalchemy import select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from qcore.records import audit, database
from qcore.units import UnitSystem

NO_BREAK_SPACE = "\u00a0"
RISK = re.compile(r"^## (less than 1|\d+(?:\.\d)?) % risk of acute kidney injury in the next 24 hours$")
BARE_SPAN = re.compile(r":color\[\\(.)\]\{\}")
"""How `literal` takes text apart."""
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
    """The texts of elements of one kind; a space that does not break counts as a space, and a bare span as nothing."""
    written = (str(element.value).replace(NO_BREAK_SPACE, " ") for element in elements)
    return [BARE_SPAN.sub(r"\1", text) for text in written]


def is_fault_free(page: AppTest) -> bool:
    """Tell whether nothing failed; the app shows a sentence where a page raised, so both are looked for."""
    return not page.exception and not page.error


def rows_in_trail() -> int:
    """How many rows the audit trail has; it must be intact."""
    found = audit.verify()
    assert found.broken is None, found.message
    return found.count


def answered_by() -> str:
    """The specification of the backend in the last prediction of the audit trail."""
    rows = select(audit.AuditEvent.details).where(audit.AuditEvent.action == "prediction").order_by(audit.AuditEvent.id)
    with database.session(write=False) as session:
        return str(json.loads(session.scalars(rows).all()[-1])["backend"])


def figure(page: AppTest, key: str) -> dict[str, Any]:
    """A chart of the page as Plotly gets it; arrays as lists."""
    (spec,) = (chart.proto.spec for chart in page.get("plotly_chart") if chart.proto.id.endswith(f"-{key}"))
    found: dict[str, Any] = json.loads(spec)
    return _listed(found)


def _listed(value: Any) -> Any:
    """Plotly packs number arrays as base64; unpack them."""
    if isinstance(value, dict):
        if value.keys() == {"dtype", "bdata"}:
            return np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"]).tolist()
        return {name: _listed(part) for name, part in value.items()}
    return [_listed(part) for part in value] if isinstance(value, list) else value


def gauge_risk(page: AppTest) -> float:
    """The risk that the gauge of the answer points at, in percent."""
    (risk,) = figure(page, "aki_gauge")["data"][0]["x"]
    return float(risk)
