"""What the quantum model says: the doses of all models side by side, where circuits run, and which model to trust."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from threading import Lock

import streamlit as st
from cachetools import LRUCache, cached
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from dashboard.dosing.answer import FoundDose
from dashboard.dosing.cache import is_kept, kept
from dashboard.dosing.networks.asking import CACHE, Key, NetworkAnswer, NetworkQuestion, ask_all
from dashboard.dosing.networks.chart import doses_chart
from dashboard.dosing.networks.wording import LABELS, NO_JOB, how_asked, moved_by_noise, ran, verdict
from dashboard.dosing.study.source import Source
from dashboard.shared.execution.backend_selector import Chosen
from dashboard.shared.execution.noise_in_use import NOISELESS, is_noiseless
from dashboard.shared.foreign import literal
from dashboard.shared.resources import backend_by_name
from qcore.models.quantum_layer import quantum_layers
from qcore.records import audit
from qcore.study import Array, Doses
from qcore.tasks.dosing.dose_finding import Answer, Question
from qcore.tasks.dosing.networks.dose_finding.attained import NetworkDoseModel
from qcore.tasks.dosing.networks.dose_finding.backends import NO_NETWORK
from qcore.tasks.dosing.networks.dose_finding.median_course import median_course
from qcore.tasks.dosing.networks.released import Released, load_released

QUANTUM = "quantum"
SEARCH_ALONE = "It matters for the quantum search for a dose for each of the first weeks alone."
LINE = "dosing_line"
ASKING = (
    "A quantum network, its classical twin, and both on top of the population model answer the same question "
    "from the same study; some seconds the first time."
)


@cached(LRUCache(1), lock=Lock())
def released() -> Released:
    """Return the learned models, loaded once a process."""
    return load_released()


def knows(source: Source) -> bool:
    """Tell whether the learned models were trained on this study."""
    return source.model.study == released().study


def learned_models(source: Source, question: Question, found_dose: FoundDose, chosen: Chosen) -> Callable[[], None]:
    """Show what the networks answer, or keep a place for it; if they were not trained on this study, say so at most.

    Args:
        source: the study on the page, with its model and drug.
        question: the dose that is asked for on the page.
        found_dose: the mechanistic model's answer.
        chosen: where circuits run, as selected in the sidebar.

    Returns:
        What is left to do once the page is drawn: the networks take seconds, for which nothing else should wait.
    """
    if not knows(source):
        if chosen.job is not None or not is_noiseless(chosen.backend):
            st.info(f"{NO_NETWORK} {SEARCH_ALONE}", icon=":material/info:")
        return _nothing
    st.header("What the quantum model says", anchor="quantum")
    st.session_state[LINE] = chosen.backend.name
    if chosen.job is not None:
        st.info(NO_JOB, icon=":material/block:")
    wanted = network_questions(question, chosen.backend.name)
    answers = network_answers(source, wanted)
    if answers is None:
        return partial(_ask, st.container(), source, wanted)
    _show(source, answers, chosen, found_dose)
    _record(source, question, chosen.backend.name)
    return _nothing


def chosen_line() -> str:
    """Return where circuits run, as chosen in the sidebar."""
    line: str = st.session_state.get(LINE, NOISELESS)
    return line


def network_questions(question: Question, line: str) -> list[NetworkQuestion]:
    """Return what is asked on a backend: quantum models there and, beside it, noiselessly; classical ones once.

    Args:
        question: the dose that is asked for.
        line: specification of the backend that runs circuits, such as "noisy:fez".
    """
    lines = list(dict.fromkeys([line, NOISELESS]))
    quantum = [name for name in released().models if runs_circuits(name)]
    first = [NetworkQuestion(name, run_on, question) for name in quantum for run_on in lines]
    return first + [NetworkQuestion(name, "", question) for name in released().models if name not in quantum]


def runs_circuits(name: str) -> bool:
    """Tell whether a model has circuits."""
    return any(quantum_layers(member) for member in released().models[name].members)


def network_answers(source: Source, wanted: Sequence[NetworkQuestion]) -> dict[Key, NetworkAnswer] | None:
    """Return the kept answers by key; None if one of them is missing."""
    try:
        return {each.key: kept(source, CACHE, each.kept_as, _never) for each in wanted}
    except LookupError:
        return None


def course_of_quantum(source: Source, question: Question, doses: Doses, times: Array) -> Tensor | None:
    """Return concentration and response of the median person by the quantum network, ``(n_times, 2)``.

    None until the network has answered the question where circuits run: from then on this takes a second or so.

    Args:
        source: the study on the page, with its model and drug.
        question: the dose that is asked for.
        doses: that the median person takes.
        times: at which the person is looked at, ``(n_times,)``, in the study's unit of time.
    """
    line = chosen_line()
    if not knows(source) or not is_kept(source, CACHE, NetworkQuestion(QUANTUM, line, question).kept_as):
        return None
    (model,) = (each for each in released().dose_models(source.model, backend_by_name(line)) if each.name == QUANTUM)
    if not isinstance(model, NetworkDoseModel):
        return None
    key = (
        backend_by_name(line).fingerprint,
        repr((question.population, question.regimen.interval_h)),
        float(doses.amount[0]),
    )
    return kept(source, "quantum_course", key, partial(median_course, model, question.population, doses, times))


def _ask(container: DeltaGenerator, source: Source, wanted: list[NetworkQuestion]) -> None:
    """Ask all networks, then run the page again; a change of the page meanwhile interrupts this."""
    with container:
        st.markdown(ASKING)
        ask_with_bar(source, wanted)
    st.rerun()


def _nothing() -> None:
    """Do nothing: the page has no work left."""


def ask_with_bar(source: Source, wanted: Sequence[NetworkQuestion]) -> None:
    """Ask all networks, and show how much of the work is done."""
    bar = st.progress(0.0)

    def show_progress(each: NetworkQuestion, share: float) -> None:
        where = f" on {literal(each.line)}" if each.line not in {"", NOISELESS} else ""
        bar.progress(share, text=f"{LABELS[each.model]}{where}, {each.question.population.name}")

    ask_all(released(), source, wanted, show_progress)


def _show(source: Source, answers_by_key: Mapping[Key, NetworkAnswer], chosen: Chosen, found_dose: FoundDose) -> None:
    question, line = found_dose.answer.question, chosen.backend.name

    def answers(run_on: str) -> dict[str, Answer]:
        return {
            model: network_answer.curves.answer(question)
            for (model, where, _), network_answer in answers_by_key.items()
            if where in {run_on, ""}
        }

    on_line, noiseless = answers(line), answers(NOISELESS)
    st.markdown(verdict(found_dose.answer, on_line, source))
    doses_chart(
        found_dose.answer, {name: on_line[name] for name in LABELS}, noiseless if line != NOISELESS else {}, source
    )
    if line != NOISELESS:
        st.markdown(moved_by_noise(on_line, noiseless, source))
    quantum = answers_by_key[NetworkQuestion(QUANTUM, line, question).key]
    if quantum.provenance is not None:
        (layer, *_) = quantum_layers(released().models[QUANTUM].members[0])
        st.caption(ran(quantum.provenance, quantum.n_circuits, layer.circuit.n_qubits))
    with st.expander("How the networks are asked, and how far to trust them"):
        st.markdown(how_asked(question, released().differences[QUANTUM][1]))


def _record(source: Source, question: Question, line: str) -> None:
    """Write one audit row a question and backend, not one for every redraw."""
    shown = (source.key, question.curve, question.share, line)
    if st.session_state.get("dosing_learned_recorded") != shown:
        audit.append(audit.Action.PREDICTION, "dosing", model_card="dosing/learned", backend=line)
        st.session_state["dosing_learned_recorded"] = shown


def _never() -> NetworkAnswer:
    raise LookupError("not answered yet")
