"""The audit trail: rows on what was done, without patient data, chained by hash.

What the chain proves: a row that was changed, added, moved or deleted behind the tool's back, the
last ones included, no longer fits the hashes or the head row; `verify` names the first such row.

What it cannot prove: the hashes hold no secret, so whoever may write to the database can rewrite
every row and the head. That shows only against a `Receipt` kept elsewhere (printed on an export,
noted after a verification): pass it to `verify`. Nor does the chain show that the whole file was
deleted and begun anew, that a row tells the truth, or that the clock was right.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, String, Table, Text, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from qcore.errors import InvalidValue
from qcore.records import database

GENESIS: Final = "0" * 64

# A list of what may be written, not of what may not: whatever is new stays out by default.
DETAILS: Final[Mapping[str, type]] = {
    "model_card": str,
    "backend": str,
    "decision": str,
    "threshold": float,
    "patients": int,
    "format": str,
    "shots": int,
    "job": str,
    "seconds": float,
}
SUBJECT: Final = re.compile(r"[a-z0-9][a-z0-9_./-]{0,63}")
LABEL: Final = re.compile(r"[\w .,:;+/()=%<>≤≥-]{1,300}")


class Action(StrEnum):
    """What was done, as the audit trail names it."""

    SIGN_IN = "sign_in"
    VIEW = "view"
    PREDICTION = "prediction"
    EXPORT = "export"
    HARDWARE_JOB = "hardware_job"


class AuditEvent(database.Base):
    """One row of the trail. Time and details are text, so that what is hashed is what is stored.

    Attributes:
        id: position in the chain, from 1, without gaps.
        at: when, UTC, ISO 8601 with microseconds.
        action: a value of `Action`.
        subject: the page or task, such as ``aki``.
        details: canonical JSON object with keys of `DETAILS`.
        previous_hash: ``hash`` of the row before; 64 zeros in the first.
        hash: SHA-256, in hexadecimal, of the canonical JSON of all other columns.
    """

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    details: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(database.Base):
    """The one row that says how long the chain is and how it ends: the last rows are held by it."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Receipt:
    """A row's position and hash: kept outside the database, it pins the chain up to that row."""

    id: int
    hash: str


@dataclass(frozen=True)
class Verification:
    """What `verify` found of the audit trail: how far its chain holds.

    Attributes:
        count: rows that fit, counted from the first.
        hash: hash of the last row that fits. ``Receipt(count, hash)`` pins them.
        broken: position of the first row that does not fit, None where all do.
        message: the finding in a sentence.
    """

    count: int
    hash: str
    broken: int | None
    message: str


def append(action: Action, subject: str, **details: str | float) -> Receipt:
    """Write one row; when this returns it is committed.

    Safe with any number of threads and processes: each takes the head row's lock in turn.

    Args:
        action: what was done, one of `Action`.
        subject: the page or task: lower case letters, digits and ``_ . / -``.
        details: keys of `DETAILS` only. Never an identifier or an input value of a patient.

    Raises:
        InvalidValue: a subject, key or value that may not be in the trail.
        DatabaseUnavailable: the row could not be written.
    """
    if not SUBJECT.fullmatch(subject):
        raise InvalidValue(f"The audit trail takes no subject {subject!r}: use a short code.")
    written = _canonical({key: _allowed(key, value) for key, value in details.items()})
    with database.session(write=True) as session:
        head = session.get(AuditHead, 1, with_for_update=True)
        if head is None or not _is_whole(head):
            raise database.DatabaseUnavailable(
                "The audit trail has lost its head row, so nothing can be added to it. "
                "Keep a copy of the database and run: qlinical audit verify"
            )
        row = AuditEvent(
            id=head.count + 1,
            at=datetime.now(UTC).isoformat(timespec="microseconds"),
            action=Action(action).value,
            subject=subject,
            details=written,
            previous_hash=head.hash,
        )
        row.hash = _digest(row)
        head.count, head.hash = row.id, row.hash
        receipt = Receipt(row.id, row.hash)
        session.add(row)
    return receipt


def verify(receipt: Receipt | None = None) -> Verification:
    """Read the whole trail and find the first row that does not fit.

    Args:
        receipt: also require that this row is there with this hash.

    Raises:
        DatabaseUnavailable: the trail could not be read.
    """
    with database.session(write=False) as session:
        # Before the rows, and locked: on PostgreSQL a row added meanwhile would seem forged.
        head = session.get(AuditHead, 1, with_for_update={"read": True})
        end = Receipt(head.count, head.hash) if head and _is_whole(head) else None
        return _walk(session, end, receipt)


def _is_whole(head: AuditHead) -> bool:
    return type(head.count) is int  # SQLite lets a forger store text in a column of numbers


def _walk(session: Session, end: Receipt | None, receipt: Receipt | None) -> Verification:
    count, last_hash = 0, GENESIS
    table = AuditEvent.__table__
    for row in session.execute(select(table).order_by(table.c.id).execution_options(yield_per=500)):
        expected = count + 1
        fault = None
        if row.id != expected:
            fault = "is missing"
        elif row.previous_hash != last_hash or row.hash != _digest(row):
            fault = "was changed"
        elif end is None or expected > end.id:
            fault = "is not covered by the head row"
        elif expected == end.id and row.hash != end.hash:
            fault = "differs from the head row"
        elif receipt and expected == receipt.id and row.hash != receipt.hash:
            fault = "differs from the receipt"
        if fault:
            return _broken(count, last_hash, fault)
        count, last_hash = expected, row.hash
    if end is None or count < end.id or (receipt and count < receipt.id):
        return _broken(count, last_hash, "is missing" if end else "cannot be judged without a head row")
    return Verification(count, last_hash, None, f"The audit trail is intact: {count} rows.")


def _broken(count: int, last_hash: str, fault: str) -> Verification:
    position = count + 1
    message = f"Row {position} of the audit trail {fault}; the {count} before it fit."
    return Verification(count, last_hash, position, message)


def _allowed(key: str, value: str | float) -> str | float:
    kind = DETAILS.get(key)
    if kind is None:
        raise InvalidValue(f"The audit trail takes no detail {key!r}; it takes {', '.join(DETAILS)}.")
    if kind is str:
        fits = isinstance(value, str) and LABEL.fullmatch(value) is not None
        rule = "one line of at most 300 plain characters"
    else:
        numbers = (int, float) if kind is float else (int,)
        fits = isinstance(value, numbers) and not isinstance(value, bool) and math.isfinite(value)
        rule = "a number" if kind is float else "a whole number"
    if not fits:
        raise InvalidValue(f"The detail {key!r} of the audit trail must be {rule}.")
    return value


def _canonical(fields: Mapping[str, Any]) -> str:
    # `repr`: SQLite lets a forger store bytes in a column of text, which must not end the check.
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), default=repr)


def _digest(row: Any) -> str:
    columns = ("id", "at", "action", "subject", "details", "previous_hash")
    text = _canonical({name: getattr(row, name) for name in columns})
    return hashlib.sha256(text.encode()).hexdigest()


@event.listens_for(AuditHead.__table__, "after_create")
def _begin_chain(table: Table, connection: Connection, **_: object) -> None:
    # With the table and only then: a head row that was deleted must not come back by itself.
    connection.execute(table.insert().values(id=1, count=0, hash=GENESIS))
