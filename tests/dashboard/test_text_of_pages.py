"""Whatever a page writes is ours or goes through `literal`: a place that forgets it is found by reading the code.

Streamlit reads text as Markdown or HTML. So every part of it must be a constant, a number written by a format, the
result of a function of the dashboard (whose own results are looked at too), text that a caller gives (looked at where
it is called), something listed in `OURS`, or the result of a function that makes it literal.
"""

import ast
from collections import defaultdict
from pathlib import Path

import pytest
from code_reading import Function, Functions, Reader, called, functions_of, own_nodes

from qcore.settings import REPOSITORY

DASHBOARD = REPOSITORY / "dashboard"
SHOWING = {
    *("badge", "button", "caption", "checkbox", "download_button", "error", "expander", "file_uploader", "header"),
    *("html", "info", "link_button", "markdown", "metric", "multiselect", "number_input", "page_link", "pills"),
    *("popover", "radio", "segmented_control", "select_slider", "selectbox", "slider", "spinner"),
    *("subheader", "success", "tabs", "text_area", "text_input", "title", "toast", "toggle", "warning", "write"),
}
"""Streamlit's functions whose first argument is read as Markdown or HTML; of `progress`, the keyword alone."""
SHOWING_OPTIONS = {"pills", "radio", "segmented_control"}
"""Those whose options are read so too."""
KEYWORDS = {"body", "help", "label", "text"}
OURS = {
    # Made literal where they come in.
    "drug.about": "dosing_drug.as_shown",
    "drug.effect": "dosing_drug.as_shown",
    "drug.units.dose": "dosing_drug.as_shown",
    "drug.units.response": "dosing_drug.as_shown",
    "drug.units.concentration": "dosing_drug.as_shown",
    "regimen.name": "dosing_drug.as_shown",
    "drug.regimens": "dosing_drug.as_shown",
    "beyond_study(": "in the page's words, of a drug as shown (qcore/tasks/dosing/beyond.py)",
    "asked_instead(": "in the page's words, of a drug as shown (qcore/tasks/dosing/asked.py)",
    "unit_of(": "of a drug as shown (qcore/tasks/dosing/wording.py)",
    "which_dose(": "two words of ours (qcore/tasks/dosing/wording.py)",
    "st.session_state.get(FROM": "dosing_patient_entry",
    "source.title": "dosing_picker",
    "each.label": "dosing_covariates.Scale",
    # Chosen from a list of ours.
    "drug.route": "one of three words (qcore/tasks/dosing/drug/file.py)",
    "model.units.time": "one of the units of time that readers know (qcore/io)",
    "provenance.mitigation": "built of our words (qcore/backends)",
    "estimate.mitigation": "built of our words (qcore/backends)",
    "population.name": "of a question of ours (qcore/tasks/dosing/dose_finding.py)",
    "SWITCH_NAMES.get(": "dosing/wording.py",
    "known.get(": "dosing/wording.py",
    ".kind].label": "label of a kind of backend (qcore/backends/registry.py)",
    "found.kind": "one of four words (qcore/tasks/tumor/question.py)",
    "task.stays": "words of ours (dashboard/tumor/processor.py, dashboard/aki/resources.py)",
    "kinds": "names of kinds of file (dashboard/tumor/download.py)",
    "case.source": "one of two words (dashboard/tumor/case_picker.py)",
    "measured.cases": "one of three words (qcore/tasks/imaging/subjects.py)",
    "subject.asked": "of a question of ours (qcore/tasks/imaging/subjects.py)",
    "subject.population": "a sentence of ours (qcore/tasks/imaging/subjects.py)",
    "subject.sees": "a sentence of ours (qcore/tasks/imaging/subjects.py)",
    "subject.test_cases": "one of two words (qcore/tasks/imaging/subjects.py)",
    "subject.title": "words of ours (qcore/tasks/imaging/subjects.py)",
    "TITLES.__getitem__": "words of ours (qcore/tasks/imaging/subjects.py)",
    "label.name": "of a question of ours (qcore/tasks/classification/medmnist.py)",
    **dict.fromkeys(("IN_WORDS.__getitem__", "IN_WORDS[label]"), "words of ours (qcore/tasks/ecg/question.py)"),
    "EXPLANATIONS.__getitem__": "names of methods (qcore/tasks/tumor/attention.py)",
    # Written by us.
    "UnitSystem": "two words of ours",
    "WHERE.__getitem__": "ibm_settings",
    "datetime.fromisoformat(": "a date",
    "Measure.RESPONSE": "a word of ours",
    "Measure.TROUGH": "a word of ours",
    "Measure.PEAK": "a word of ours",
    "Measure.AVERAGE": "a word of ours",
    "kdigo.OUTCOME": "a sentence of ours",
    "item.label": "of one of the twelve inputs (qcore/tasks/aki/inputs.py)",
    "item.definition": "of one of the twelve inputs (qcore/tasks/aki/inputs.py)",
    "within_cap(": "a number",
    "alike(": "numbers (qcore/decimals.py)",
    "format_value(": "a number with its unit (qcore/tasks/aki/inputs.py)",
    "accepted_range(": "of one of the twelve inputs (qcore/tasks/aki/inputs.py)",
    "unit.symbol": "of a unit (qcore/units.py)",
    "example.story": "of a synthetic example",
    "share.label": "hand_made_settings",
    "share.help": "hand_made_settings",
    ".description": "of a kind of backend (qcore/backends/registry.py)",
    "prediction.population": "of the model card",
    "measured.split": "of the model card",
    "check.name": "of the model card",
    "check.note": "of the model card",
    "why.method": "qcore/explain",
    "palette.NEUTRAL": "a colour",
    "palette.BAND": "a colour",
    "st.columns(": "places on the page",
    # Numbers, and what is no text.
    "st.session_state.get(ASKED": "number of a slice",
    "{2: ": "a number in words",
    "picture.as_png(": "content of a file",
    "pdf": "content of a file",
    "dicom.secondary_capture(": "content of a file",
    **dict.fromkeys((".n_qubits", ".n_weights", "search.n_layers", "search.samples", "model.n_subjects"), "a number"),
    **dict.fromkeys(
        ("cohort_flips.n", "check.n", "check.n_groups", "check.events", "angles.shape", "depth("), "a number"
    ),
    **dict.fromkeys(("estimate.depth", "estimate.two_qubit_gates", "math.ceil("), "a number"),
    **dict.fromkeys(("math.floor(", "time.day", "time.year", "drug.shares", "aim.low", "aim.high"), "a number"),
    **dict.fromkeys(("st.slider(", "st.number_input("), "a number"),
}
"""Why an expression that ends so, or a call that begins so, needs no `literal`."""


def trees() -> dict[Path, ast.Module]:
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in sorted(DASHBOARD.rglob("*.py"))}


def doubtful(files: dict[Path, ast.Module]) -> list[str]:
    """Places whose text nothing is known of, one a line."""
    every = functions_of(files)
    by_name: Functions = defaultdict(list)
    for each in every:
        if isinstance(each.node, ast.FunctionDef):
            by_name[each.node.name].append(each)
    found: dict[str, None] = {}
    while True:
        before = sum(len(each.shown) + each.is_written for each in every)
        for function in every:
            for line, shown in _shown(function, by_name):
                reader = Reader(function, by_name, tuple(OURS))
                if not reader.is_ours(shown):
                    found[f"{function.file.name}:{line}: {', '.join(reader.doubts)}"] = None
        # What is found to be shown of one function's parameters, or to be returned, is looked at in the next round.
        if sum(len(each.shown) + each.is_written for each in every) == before:
            return list(found)


def _shown(function: Function, by_name: Functions) -> list[tuple[int, ast.expr]]:
    """Return all expressions of a function that reach the screen, with their lines."""
    found: list[ast.expr] = []
    for node in own_nodes(function):
        if isinstance(node, ast.Return) and node.value and function.is_written:
            found.append(node.value)
        if not isinstance(node, ast.Call):
            continue
        name = called(node)
        if name in SHOWING | {"progress"} and isinstance(node.func, ast.Attribute):
            first = node.args[:1] if name in SHOWING else []
            found += [*first, *(each.value for each in node.keywords if each.arg in KEYWORDS)]
            if name in SHOWING_OPTIONS:
                written = [each.value for each in node.keywords if each.arg == "format_func"]
                found += written or node.args[1:2]
        for other in by_name.get(name, []):
            given = dict(zip(other.order, node.args, strict=False)) | {
                each.arg: each.value for each in node.keywords if each.arg
            }
            found += [value for parameter, value in given.items() if parameter in other.shown]
    return [(each.lineno, each) for each in found]


def test_all_text_on_pages_is_ours_or_literal() -> None:
    assert doubtful(trees()) == []


@pytest.mark.parametrize(
    "forgotten",
    [
        "st.error(str(error))",
        "st.markdown(f'In use: {file.name}')",
        "st.caption(', '.join(patients.ignored))",
        "st.button('Remove', help=case.title)",
        "st.radio('Which', list(regimens))",
        "st.html(f'<b>{label}</b>')",
        "told(file.name)",
        "named = file.name\n    st.warning(named)",
    ],
)
def test_a_place_that_forgets_it_is_found(forgotten: str) -> None:
    code = f"def told(name: str) -> None:\n    st.info(f'About {{name}}.')\n\ndef page(file):\n    {forgotten}\n"
    (found,) = doubtful({Path("page.py"): ast.parse(code)})
    assert found.startswith("page.py:")


def test_no_reason_is_left_of_what_is_gone() -> None:
    code = "\n".join(ast.unparse(tree) for tree in trees().values())
    assert [text for text in OURS if text not in code] == []
