"""The diagnoses: what is given, how sure that is, and what noise and the classical models make of it."""

from html import escape

import streamlit as st

from dashboard.ecg.case import Case
from dashboard.shared.charts import palette
from dashboard.shared.execution.ran_on import ran_on
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import beginning, percent, spread
from qcore.evidence.evaluation import Evaluation
from qcore.records import audit
from qcore.tasks.classification.model import CONTROL
from qcore.tasks.ecg.answer import ENTRY, Answer, Diagnosis
from qcore.tasks.ecg.question import IN_WORDS, NORM


def diagnoses_card(
    case: Case, found: Answer, noiseless: Answer | None, classical: dict[str, Answer], evaluation: Evaluation
) -> None:
    """Show the answer.

    Args:
        case: the recording.
        found: what the hybrid says where it runs.
        noiseless: the same without noise; None where it runs without.
        classical: what the classical models say, by the names of columns.
        evaluation: says what the answer is worth.
    """
    _record(case, found)
    with st.container(border=True, key="pair_diagnoses"):
        sentence, table = st.columns([4, 8], gap="large", vertical_alignment="center")
        with sentence:
            st.markdown(f"## {_headline(found)}")
            st.markdown(_possible(found))
            st.markdown(_reliability(found, evaluation))
            if noiseless is not None:
                st.markdown(_moved(found, noiseless))
        with table:
            st.html(_table(found, noiseless, classical))
        st.caption(
            f"{literal(case.title)} · {literal(case.source)}. {_worth(evaluation)} Circuit: {ran_on(found.backend)}."
        )


def given(found: Answer) -> list[str]:
    """Return the names of the labels that are given, the most probable first; a normal ECG only where it is alone."""
    names = [name for name, each in found.diagnoses.items() if each.is_given]
    names.sort(key=lambda name: -found.diagnoses[name].probability)
    ill = [name for name in names if name != NORM]
    return ill or names


def likeliest(found: Answer) -> str:
    """Return the name of what is explained first: what is given, else the most probable."""
    return (given(found) or sorted(found.diagnoses, key=lambda name: -found.diagnoses[name].probability))[0]


def _headline(found: Answer) -> str:
    names = given(found)
    if not names:
        return "No diagnosis reaches its threshold"
    words = ", ".join(IN_WORDS[name] for name in names)
    return beginning(words)


def _possible(found: Answer) -> str:
    possible = [IN_WORDS[name] for name, each in found.diagnoses.items() if each.possible]
    words = "** or **".join(possible)
    return f"Possible: **{words}**." if possible else "Nothing of what the model knows is likely."


def _reliability(found: Answer, evaluation: Evaluation) -> str:
    """Return what the decision on the likeliest diagnosis was worth on test recordings."""
    name = likeliest(found)
    point, threshold = evaluation.labels[name].operating_point, found.diagnoses[name].threshold
    return (
        f"Given from {percent(threshold)} on. On test recordings that finds {percent(point.sensitivity)} of those with "
        f"{IN_WORDS[name]}, and {percent(point.ppv)} of those given it have it."
    )


def _moved(found: Answer, noiseless: Answer) -> str:
    most = max(found.diagnoses, key=lambda name: abs(_difference(found, noiseless, name)))
    points = 100 * _difference(found, noiseless, most)
    changed = [name for name, each in found.diagnoses.items() if each.is_given != noiseless.diagnoses[name].is_given]
    decisions = (
        "no decision changes"
        if not changed
        else f"**{' and '.join(IN_WORDS[name] for name in changed)} {'is' if len(changed) == 1 else 'are'} decided "
        "otherwise than without noise**"
    )
    if abs(points) < 0.1:
        return f"Noise moves no probability by 0.1 points or more; {decisions}."
    return f"Noise moves {IN_WORDS[most]} most, by {points:+.1f} points; {decisions}.".replace("-", "−")


def _difference(found: Answer, noiseless: Answer, name: str) -> float:
    return found.diagnoses[name].probability - noiseless.diagnoses[name].probability


def _table(found: Answer, noiseless: Answer | None, classical: dict[str, Answer]) -> str:
    others = {**({} if noiseless is None else {"Noiseless": noiseless}), **classical}
    heads = ["Hybrid", "90 % interval", *others]
    head = "<th></th><th></th>" + "".join(f"<th class='num'>{escape(name)}</th>" for name in heads)
    rows = "".join(
        _row(name, each, [other.diagnoses[name].probability for other in others.values()])
        for name, each in found.diagnoses.items()
    )
    return f"<table class='q-table'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(name: str, found: Diagnosis, others: list[float]) -> str:
    colour = palette.BRAND if name == NORM else palette.RAISES
    bar = f"<span class='bar' style='width:{100 * found.probability:.0f}%;background:{colour}'></span>"
    scatter = f" {spread(found.standard_error)}" if found.standard_error else ""
    cells = [
        f"{percent(found.probability)}{scatter}",
        f"{100 * found.low:.0f} to {100 * found.high:.0f} %",
        *map(percent, others),
    ]
    strong = " strong" if found.is_given else ""
    numbers = "".join(f"<td class='num'>{cell}</td>" for cell in cells)
    return (
        f"<tr><td class='whole{strong}'>{beginning(IN_WORDS[name])}</td><td style='width:16%'>{bar}</td>{numbers}</tr>"
    )


def _worth(evaluation: Evaluation) -> str:
    """Return what the answer is worth, a sentence, with its figure on the test recordings."""
    if evaluation.macro is None:
        return ""
    difference = evaluation.macro.differences[CONTROL]
    return (
        f"On {evaluation.n:,} test recordings the mean AUROC of five diagnoses was {evaluation.macro.auroc.value:.2f}, "
        f"its classical twin's {evaluation.macro.auroc.value - difference.value:.2f}. Diseases are more frequent there "
        "than where everybody has an ECG: elsewhere, fewer of those who are given a diagnosis have it."
    )


def _record(case: Case, found: Answer) -> None:
    """Write one audit row per recording and backend, not one every time the page is drawn."""
    shown = (case.key, found.backend)
    if st.session_state.get("ecg_recorded") == shown:
        return
    decision = ",".join(given(found)) or "none"
    audit.append(
        audit.Action.PREDICTION,
        "ecg",
        model_card=ENTRY.name,
        backend=found.backend,
        decision=decision,
        patients=1,
    )
    st.session_state["ecg_recorded"] = shown
