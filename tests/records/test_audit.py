"""The audit trail: what it takes, what it refuses, and every way of tampering it must find."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qcore.errors import InvalidValue
from qcore.records import audit, database
from qcore.records.audit import Action, Receipt
from qcore.records.database import DatabaseUnavailable
from qcore.settings import settings


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "new" / "trail.db"
    monkeypatch.setenv("QLINICAL_DATABASE", f"sqlite:///{path}")
    settings.cache_clear()
    yield path
    database.close()
    settings.cache_clear()


def change(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement, values)


def rows(file: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT * FROM audit_event ORDER BY id").fetchall()


def five_rows() -> list[Receipt]:
    return [audit.append(Action.PREDICTION, "aki", patients=n) for n in range(1, 6)]


def test_an_empty_trail_is_intact() -> None:
    found = audit.verify()
    assert (found.count, found.hash, found.broken) == (0, audit.GENESIS, None)


def test_a_row_holds_what_was_given_and_the_time_in_utc(file: Path) -> None:
    receipt = audit.append(
        Action.PREDICTION,
        "aki",
        model_card="aki-hybrid-1",
        backend="exact simulation",
        decision="risk ≥ 0.2: warn",
        threshold=0.2,
        patients=3,
    )
    [(position, at, action, subject, details, previous, digest)] = rows(file)
    assert (position, digest) == (receipt.id, receipt.hash)
    assert (action, subject, previous) == ("prediction", "aki", audit.GENESIS)
    assert json.loads(str(details))["decision"] == "risk ≥ 0.2: warn"
    moment = datetime.fromisoformat(str(at))
    assert moment.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)


def test_rows_follow_each_other(file: Path) -> None:
    receipts = five_rows()
    assert [receipt.id for receipt in receipts] == [1, 2, 3, 4, 5]
    assert [row[5] for row in rows(file)] == [audit.GENESIS, *(r.hash for r in receipts[:-1])]
    found = audit.verify()
    assert Receipt(found.count, found.hash) == receipts[-1]
    assert found.broken is None
    assert "5 rows" in found.message


def test_the_chain_goes_on_after_the_connections_were_closed() -> None:
    five_rows()
    database.close()
    assert audit.append(Action.EXPORT, "aki", format="csv").id == 6
    assert audit.verify().broken is None


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_event SET details = '{\"patients\":9}' WHERE id = 3", 3),
        ("UPDATE audit_event SET details = 'not json' WHERE id = 3", 3),
        ("UPDATE audit_event SET details = x'00ff' WHERE id = 3", 3),
        ("UPDATE audit_event SET at = '2020-01-01T00:00:00.000000+00:00' WHERE id = 1", 1),
        ("UPDATE audit_event SET action = 'breakfast' WHERE id = 5", 5),
        ("UPDATE audit_event SET subject = 'ecg' WHERE id = 2", 2),
        ("UPDATE audit_event SET previous_hash = hash WHERE id = 4", 4),
        ("UPDATE audit_event SET hash = previous_hash WHERE id = 4", 4),
        ("UPDATE audit_event SET id = 9 WHERE id = 2", 2),
        ("DELETE FROM audit_event WHERE id = 1", 1),
        ("DELETE FROM audit_event WHERE id = 3", 3),
        ("DELETE FROM audit_event WHERE id = 5", 5),
        ("DELETE FROM audit_event WHERE id > 2", 3),
        ("DELETE FROM audit_event", 1),
        ("INSERT INTO audit_event SELECT 6, at, action, subject, details, hash, hash"
         " FROM audit_event WHERE id = 5", 6),
        ("UPDATE audit_head SET count = 4", 4),
        ("UPDATE audit_head SET count = 7", 6),
        ("UPDATE audit_head SET count = 'none'", 1),
        ("UPDATE audit_head SET hash = upper(hash)", 5),
        ("DELETE FROM audit_head", 1),
    ],
)  # fmt: skip
def test_every_change_behind_its_back_is_found(file: Path, statement: str, broken: int) -> None:
    five_rows()
    change(file, statement)
    found = audit.verify()
    assert found.broken == broken
    assert found.count == broken - 1
    assert f"Row {broken} " in found.message


def test_two_rows_that_changed_places_are_found(file: Path) -> None:
    five_rows()
    for old, new in ((2, 99), (3, 2), (99, 3)):
        change(file, "UPDATE audit_event SET id = ? WHERE id = ?", new, old)
    assert audit.verify().broken == 2


def test_a_chain_that_was_rewritten_whole_fits_but_for_a_receipt(file: Path) -> None:
    kept = five_rows()[3]
    assert audit.verify(kept).broken is None
    change(file, "DELETE FROM audit_event")
    change(file, "UPDATE audit_head SET count = 0, hash = ?", audit.GENESIS)
    assert audit.verify().broken is None
    assert audit.verify(kept).broken == 1
    five_rows()
    assert audit.verify().broken is None
    assert audit.verify(kept).broken == 4


def test_nothing_is_added_to_a_trail_without_its_head(file: Path) -> None:
    five_rows()
    change(file, "DELETE FROM audit_head")
    with pytest.raises(DatabaseUnavailable, match="qlinical audit verify"):
        audit.append(Action.VIEW, "aki")
    database.close()
    with pytest.raises(DatabaseUnavailable, match="lost its head row"):
        audit.append(Action.VIEW, "aki")


def test_a_refused_write_is_an_error_and_leaves_no_row(file: Path) -> None:
    five_rows()
    change(
        file,
        "CREATE TRIGGER no_more BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'disk is full'); END",
    )
    with pytest.raises(DatabaseUnavailable, match="disk is full"):
        audit.append(Action.VIEW, "aki")
    assert audit.verify().count == 5
    assert audit.verify().broken is None


@pytest.mark.parametrize("key", ["patient_id", "name", "creatinine_last_mg_dl", "age_years", ""])
def test_details_outside_the_list_are_refused(key: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(f"takes no detail {key!r}")):
        audit.append(Action.PREDICTION, "aki", **{key: 1})
    assert audit.verify().count == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("patients", 1.5),
        ("patients", True),
        ("patients", "Jane Doe"),
        ("threshold", float("nan")),
        ("seconds", float("inf")),
        ("seconds", "12"),
        ("backend", 7),
        ("decision", ""),
        ("decision", "line\nbreak"),
        ("decision", "x" * 301),
    ],
)
def test_details_of_the_wrong_kind_are_refused(key: str, value: str | float) -> None:
    with pytest.raises(InvalidValue, match=f"'{key}'"):
        audit.append(Action.PREDICTION, "aki", **{key: value})
    assert audit.verify().count == 0


@pytest.mark.parametrize("subject", ["", "Jane Doe", "a\n", "a" * 65])
def test_a_subject_is_a_short_code(subject: str) -> None:
    with pytest.raises(InvalidValue, match="use a short code"):
        audit.append(Action.VIEW, subject)


def test_threads_share_one_chain() -> None:
    with ThreadPoolExecutor(12) as pool:
        work = [pool.submit(audit.append, Action.VIEW, "aki") for _ in range(120)]
    assert sorted(each.result().id for each in work) == list(range(1, 121))
    assert audit.verify().broken is None


def test_processes_that_start_together_share_one_chain(file: Path) -> None:
    program = "from qcore.records.audit import Action, append\nfor _ in range(20): append(Action.VIEW, 'aki')"
    command = [sys.executable, "-W", "error", "-c", program]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    for process in started:
        _, errors = process.communicate(timeout=600)
        assert (process.returncode, errors) == (0, b"")
    assert len(rows(file)) == 60
    assert audit.verify().broken is None
