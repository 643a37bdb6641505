"""The README says what is true: its figures, its commands and its settings are compared with the code."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import typer

from qcore.backends.registry import noise_model
from qcore.backends.specification import KINDS, parse
from qcore.cli import app
from qcore.models.families import FAMILIES
from qcore.noise.mitigation import EXTRAPOLATIONS
from qcore.noise.model import HandMadeNoise
from qcore.settings import REPOSITORY, Settings
from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.model import LABEL, load, load_evaluation
from qcore.tasks.classification import store as families
from qcore.tasks.questions import QUESTIONS, entry
from qcore.tasks.tumor.families import other_families
from qcore.training.classification.tables import (
    comparison_table,
    kinds_summary,
    kinds_tables,
    macro_table,
    summary_table,
)

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def commands(group: typer.Typer, prefix: str = "") -> Iterator[str]:
    for command in group.registered_commands:
        assert command.callback
        yield f"{prefix}{command.name or command.callback.__name__}"
    for inner in group.registered_groups:
        assert inner.typer_instance
        yield from commands(inner.typer_instance, f"{prefix}{inner.name} ")


def test_the_figures_are_those_of_the_evaluation() -> None:
    evaluation = load_evaluation()
    assert comparison_table(load().trained, evaluation, LABEL) in README
    assert f"On {evaluation.n:,} patients" in README


def test_the_figures_on_images_are_those_of_their_evaluations() -> None:
    released = [entry(name) for name, question in QUESTIONS.items() if name != "aki" and len(question.labels) == 1]
    assert summary_table([(each, families.load_evaluation(each)) for each in released]) in README


def test_the_figures_on_tumours_are_those_of_their_evaluation() -> None:
    evaluation = families.load_evaluation(entry("tumor"))
    assert evaluation.kinds is not None
    assert kinds_tables(evaluation, evaluation.kinds) in README
    rows = [(each, families.load_evaluation(each)) for each in (entry("tumor"), *other_families())]
    assert kinds_summary(rows) in README


def test_it_shows_what_was_measured_of_the_ecg_models() -> None:
    evaluation = families.load_evaluation(entry("ecg"))
    assert evaluation.macro is not None
    assert macro_table(evaluation, evaluation.macro) in README


def test_every_command_is_documented() -> None:
    for command in commands(app):
        group, _, last = command.rpartition(" ")
        assert f"qlinical {command}" in README or (group and f"`{group} {last}`" in README) or f"`{last}`" in README


def test_every_setting_is_documented() -> None:
    for name in Settings.model_fields:
        assert f"`QLINICAL_{name.upper()}`" in README


def test_every_backend_it_names_can_be_written_so_and_every_kind_is_named() -> None:
    named = re.findall(r"`((?:ideal|noisy|ibm|rehearsal)(?::[^`\s]*)?)`", README)
    assert {parse(text).kind for text in named} == set(KINDS)
    for text in named:
        if parse(text).kind == "noisy":
            noise_model(parse(text))


def test_every_knob_of_noise_by_hand_and_every_mitigation_is_documented() -> None:
    for name in (
        *(item.name for item in fields(HandMadeNoise)),
        *EXTRAPOLATIONS,
        "readout",
        "zne",
        "shots",
        "resilience",
    ):
        assert name in README


def test_the_account_at_ibm_is_documented() -> None:
    for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_CHANNEL"):
        assert f"`{name}`" in README


def test_the_examples_are_as_many_as_promised() -> None:
    numerals = {12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen"}
    assert f"one of {numerals[len(examples())]} synthetic patients" in README


def test_what_the_readme_links_to_exists() -> None:
    for target in ("assets/screenshot.png", "assets/models/aki/card.md"):
        assert target in README
        assert Path(REPOSITORY, target).is_file()


def test_every_family_is_described() -> None:
    for name in FAMILIES:
        assert f"`{name}`" in README
