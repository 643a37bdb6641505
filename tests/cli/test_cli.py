"""The qlinical command from its entry point on: what it prints where, and its exit status."""

import csv
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import long_files
import pytest
import typer
from toys import Command, Finished
from typer.testing import CliRunner

from qcore.backends.protocol import Backend
from qcore.cli import app
from qcore.records import audit, database
from qcore.records.audit import Action
from qcore.tasks.aki.model import load
from qcore.tasks.aki.reading.table import read_patients, template_csv
from qcore.tasks.aki.results import ALERT, HIGH, LOW, RISK, STRONGEST


def commands(group: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    yield path, group
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.fixture
def template(tmp_path: Path) -> Path:
    file = tmp_path / "patients.csv"
    file.write_text(template_csv())
    return file


@pytest.fixture
def bad_cell(tmp_path: Path) -> Path:
    header, first, second = template_csv().splitlines()
    file = tmp_path / "bad.csv"
    file.write_text("\n".join([header, first, second.replace(",1.3,", ",a lot,", 1)]) + "\n")
    return file


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def in_a_process(*arguments: object) -> Finished:
    done = subprocess.run(
        [sys.executable, "-c", "from qcore.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env=os.environ | {"COLUMNS": "80"},
    )
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*path, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.stdout
    command = COMMANDS[path]
    assert command.help
    for parameter in command.params:
        assert parameter.name == "help" or getattr(parameter, "help", ""), parameter.name


def test_the_commands_are_the_known_ones() -> None:
    names = {" ".join(path) for path, command in COMMANDS.items() if not getattr(command, "commands", {})}
    assert names >= {
        "train aki",
        "evaluate aki",
        "predict aki",
        "predict aki-template",
        "cohort mimic-iv",
        "cohort mimic-iii",
        "audit verify",
        "doctor",
    }


def test_the_installed_command_is_the_one_that_turns_errors_into_sentences() -> None:
    (installed,) = entry_points(group="console_scripts", name="qlinical")
    assert installed.value == "qcore.__main__:main", "run: pip install --no-deps --editable ."


def test_the_template_can_be_predicted(qlinical: Command, template: Path) -> None:
    assert qlinical("predict", "aki-template").out == template_csv()
    done = qlinical("predict", "aki", template)
    assert (done.code, done.sentence) == (0, "")
    answers = rows(done.out)
    assert [answer["patient_id"] for answer in answers] == ["synthetic-1", "synthetic-2"]
    for answer in answers:
        risk, low, high = (float(answer[column]) for column in (RISK, LOW, HIGH))
        assert 0 <= low < risk < high <= 100
        assert 0 < float(answer[STRONGEST]) < 100
        assert answer["alert"] == ("yes" if risk >= float(answer["threshold_percent"]) else "no")
        assert answer["backend"] == "ideal"


def test_the_command_says_what_the_model_says(qlinical: Command, template: Path, ideal: Backend) -> None:
    expected = load().predict(read_patients("x.csv", template.read_bytes()).inputs, ideal).value
    found = [float(row[RISK]) for row in rows(qlinical("predict", "aki", template).out)]
    assert found == pytest.approx(100 * expected, abs=0.0501)


def test_the_stream_holds_nothing_but_the_table(template: Path) -> None:
    done = in_a_process("predict", "aki", template)
    assert (done.code, done.err) == (0, "")
    assert len(rows(done.out)) == 2
    assert "\x1b" not in done.out


def test_an_option_that_would_change_nothing_is_refused(qlinical: Command, tmp_path: Path) -> None:
    (tmp_path / "cohort.parquet").touch()
    done = qlinical("predict", "aki", tmp_path / "cohort.parquet", "--last-urine-hours", "6", "--out", tmp_path / "x")
    assert done.code == 2
    assert "--last-urine-hours is for amounts of urine; a FILE.parquet holds rates" in done.sentence


def test_the_answer_can_go_to_a_file(qlinical: Command, template: Path, tmp_path: Path) -> None:
    shown = qlinical("predict", "aki", template).out
    done = qlinical("predict", "aki", template, "--out", tmp_path / "answer.csv")
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "answer.csv").read_text() == shown


def test_a_bad_cell_is_named_and_the_others_are_scored(qlinical: Command, bad_cell: Path) -> None:
    done = qlinical("predict", "aki", bad_cell)
    assert done.code == 1
    scored, refused = rows(done.out)
    assert (scored["patient_id"], refused["patient_id"]) == ("synthetic-1", "synthetic-2")
    assert (refused[RISK], refused[ALERT]) == ("", "")
    assert refused["note"].startswith("not scored: line 3, creatinine_first_mg_dl:")
    assert "1 of 2 patients is not scored." in done.sentence
    assert "line 3, creatinine_first_mg_dl: Creatinine, first: 'a lot' is not a number." in done.sentence
    assert "Traceback" not in done.err


def test_a_value_that_decides_is_never_left_out_of_an_answer(qlinical: Command, tmp_path: Path) -> None:
    file = tmp_path / "series.csv"
    file.write_text("\n".join([long_files.HEADER, *long_files.rows(), "p1,21,Creatinine,168,"]))
    done = qlinical("predict", "aki", file)
    assert done.code == 1
    (refused,) = rows(done.out)
    assert (refused["patient_id"], refused[RISK], refused[ALERT]) == ("p1", "", "")
    assert "168 looks like µmol/L" in done.sentence
    assert "168 looks like µmol/L" in refused["note"]


def test_what_is_to_be_known_of_a_patient_is_said_and_written(qlinical: Command, tmp_path: Path) -> None:
    file = tmp_path / "series.csv"
    file.write_text("\n".join([long_files.HEADER, *long_files.rows(), "p1,5,Dialysis - CRRT,1,"]))
    done = qlinical("predict", "aki", file)
    assert done.code == 0
    (answer,) = rows(done.out)
    assert answer["remarks"] == "Dialysis is recorded at 5 h: it lowers creatinine, so the risk may be too low."
    assert f"patient p1: {answer['remarks']}" in done.sentence


def test_a_missing_file_is_a_sentence() -> None:
    done = in_a_process("predict", "aki", "nowhere.csv")
    assert (done.code, done.out) == (2, "")
    assert done.sentence == "There is no file nowhere.csv."


def test_a_path_on_the_error_stream_can_be_copied(tmp_path: Path) -> None:
    missing = tmp_path / ("a_long_name_" * 8)
    assert str(missing) in in_a_process("predict", "aki", missing).err


def test_a_file_that_is_no_table_is_a_sentence(qlinical: Command, tmp_path: Path) -> None:
    file = tmp_path / "notes.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n")
    done = qlinical("predict", "aki", file)
    assert (done.code, done.out) == (2, "")
    assert done.sentence.endswith(".")
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["predict", "cohort"])
def test_an_output_folder_that_is_not_there_is_a_sentence(
    command: str, qlinical: Command, template: Path, tmp_path: Path, data: Path
) -> None:
    demo = data / "aki" / "mimic_iv_demo_2.2"
    task = {"predict": ("aki", template), "cohort": ("mimic-iv", demo)}[command]
    done = qlinical(command, *task, "--out", tmp_path / "nowhere" / "x.csv")
    assert done.code == 2
    assert "nowhere" in done.sentence


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_an_unknown_backend_is_named(command: str, qlinical: Command, template: Path) -> None:
    arguments = [template] if command == "predict" else []
    done = qlinical(command, "aki", *arguments, "--backend", "ibm_nowhere")
    assert (done.code, done.out) == (2, "")
    assert "There is no backend 'ibm_nowhere'. Choose one of: ideal" in done.sentence


def test_an_unknown_command_is_refused(qlinical: Command) -> None:
    assert qlinical("predict", "nothing").code == 2


def test_a_prediction_is_in_the_audit_trail_without_the_patient(
    qlinical: Command, template: Path, tmp_path: Path
) -> None:
    qlinical("predict", "aki", template)
    done = qlinical("audit", "verify")
    assert done.code == 0
    said, receipt = done.out.strip().splitlines()
    assert said == "The audit trail is intact: 1 rows."
    kept = receipt.removeprefix("Receipt: ")
    assert qlinical("audit", "verify", "--receipt", kept).code == 0
    other = qlinical("audit", "verify", "--receipt", f"1:{'0' * 64}")
    assert other.code == 1, "a trail that was rewritten does not fit the receipt"
    with database.session(write=False) as session:
        row = session.get_one(audit.AuditEvent, 1)
        assert (row.action, row.subject) == (Action.PREDICTION.value, "aki")
        assert json.loads(row.details) == {"backend": "ideal", "model_card": "aki", "patients": 2}
    database.close()
    assert b"synthetic" not in (tmp_path / "own_trail.db").read_bytes()


def test_a_trail_that_was_changed_is_an_error(qlinical: Command) -> None:
    audit.append(Action.VIEW, "aki")
    with database.session(write=True) as session:
        session.get_one(audit.AuditEvent, 1).subject = "other"
    done = qlinical("audit", "verify")
    assert done.code == 1
    assert "Row 1 of the audit trail was changed" in done.out


def test_the_doctor_answers_other_programs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        taken = in_a_process("doctor", "--json", "--port", port)
    checks = {check["name"]: check for check in json.loads(taken.out)["checks"]}
    assert taken.code == 1
    assert not checks["port"]["ok"]
    assert str(port) in checks["port"]["message"]
    assert checks["model"]["ok"]
    assert checks["records"]["ok"]
    assert all(set(check) == {"name", "ok", "required", "message"} for check in checks.values())


def test_the_doctor_fails_only_by_what_is_required(qlinical: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLINICAL_DATA", "/nowhere")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    done = qlinical("doctor", "--json", "--port", port)
    checks = json.loads(done.out)["checks"]
    assert done.code == int(any(check["required"] and not check["ok"] for check in checks))
    assert [check["ok"] for check in checks if check["name"] == "data"] == [False]
    shown = qlinical("doctor", "--port", port)
    assert shown.code == done.code
    words = " ".join(shown.out.split())
    assert all(" ".join(check["message"].split()) in words for check in checks if len(check["message"]) < 60)
