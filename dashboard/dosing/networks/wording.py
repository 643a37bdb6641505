"""What learned models say, in plain words: do they agree, what does the noise do, and which one is to be trusted."""

import math
from collections.abc import Mapping

import streamlit as st

from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount, dose_interval
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import NBSP, day
from qcore.backends.protocol import Provenance
from qcore.study import Quantity
from qcore.tasks.dosing.dose_finding import Answer, Question
from qcore.tasks.dosing.networks.differences import LOG_SD_LEVEL, LOG_SD_SLOPE, Differences
from qcore.tasks.dosing.networks.evaluation import stored

MECHANISTIC_LABEL = "Population model (the answer)"
LABELS = {
    "quantum": "Quantum network",
    "classical": "Classical twin",
    "quantum on mechanistic": "Quantum network on population model",
    "classical on mechanistic": "Classical twin on population model",
}
"""Labels of the networks by name, in the order of the chart's rows."""
NO_JOB = (
    "Nothing is sent to IBM or rehearsed for a dose: it takes about forty thousand circuits a model, for people, doses "
    "and networks. What stands below ran on the noiseless simulator; to see the noise of a processor, choose the "
    "simulated one."
)


def verdict(mechanistic: Answer, learned: Mapping[str, Answer], source: Source) -> str:
    """Say what the quantum network answers, how that differs from the answer of the page, and whom to trust."""
    quantum = learned["quantum"]
    interval = dose_interval(quantum.low, quantum.high, quantum.question.regimen, source.drug)
    name = quantum.question.regimen.name
    if quantum.dose is None:
        first = (
            f"By the quantum network alone no dose up to {amount(quantum.question.regimen.cap, source.drug)} does it"
        )
    else:
        first = f"**The quantum network alone says {amount(quantum.dose, source.drug)} {name}**"
    return f"{first} (90{NBSP}% interval {interval}); {_agreement(mechanistic, quantum, source)} {_trust(source)}"


def _agreement(mechanistic: Answer, quantum: Answer, source: Source) -> str:
    if mechanistic.dose is None or quantum.dose is None:
        same = mechanistic.dose is None and quantum.dose is None
        return f"the population model says {'the same' if same else 'otherwise'}."
    apart = quantum.dose - mechanistic.dose
    if apart == 0:
        return "the population model says the same."
    how = f"{amount(abs(apart), source.drug)} {'more' if apart > 0 else 'less'} than the population model"
    low = max(each.low if each.low is not None else each.question.regimen.cap for each in (mechanistic, quantum))
    high = min(each.high if each.high is not None else each.question.regimen.cap for each in (mechanistic, quantum))
    if low <= high:
        return f"that is {how}, and the intervals overlap."
    return f"that is {how}, and the intervals do not overlap: **the two disagree.**"


def _trust(source: Source) -> str:
    errors = _errors()
    if not {"mechanistic", "quantum", "classical"} <= errors.keys():
        return "Go by the population model."
    return (
        "**Go by the population model**: on people held out in turns it is off by "
        f"{errors['mechanistic']:.2f}{NBSP}{source.drug.units.response} of {source.drug.effect}, the quantum network "
        f"by {errors['quantum']:.2f}, its classical twin by {errors['classical']:.2f}."
    )


@st.cache_resource(show_spinner=False)
def _errors() -> dict[str, float]:
    """Return the RMSE of the response of unseen people by model; empty if it was not measured."""
    if not stored.is_there():
        return {}
    errors = stored.load().measured.errors
    return {
        each.model: each.rmse.value for each in errors if each.case == "unseen" and each.quantity is Quantity.RESPONSE
    }


def moved_by_noise(noisy: Mapping[str, Answer], noiseless: Mapping[str, Answer], source: Source) -> str:
    """Say what noise does to the dose of every quantum model."""
    clauses = []
    for name, answer in noisy.items():
        before = noiseless.get(name)
        if answer.backend is None or before is None:
            continue
        label = LABELS[name].lower()
        if answer.dose == before.dose:
            stays = "finds no dose either" if answer.dose is None else f"stays at {amount(answer.dose, source.drug)}"
            shares = f"{100 * before.attained:.2f}{NBSP}% of people and {100 * answer.attained:.2f}{NBSP}%"
            clauses.append(f"the {label} {stays} (without noise {shares} with it reach the aim)")
        elif answer.dose is not None and before.dose is not None:
            clauses.append(
                f"the {label}'s {amount(before.dose, source.drug)} becomes {amount(answer.dose, source.drug)}"
            )
        else:
            clauses.append(
                f"the {label} finds {'no dose any more' if answer.dose is None else 'a dose where it found none'}"
            )
    same = all(each.dose == noiseless[name].dose for name, each in noisy.items() if name in noiseless)
    why = (
        " What circuits measure under noise is scaled back to the mean and the spread it has without: that undoes "
        "nearly all that this noise does to circuits as small as these."
    )
    return f"**What this noise does:** {'; '.join(clauses)}.{why if same else ''}"


def ran(provenance: Provenance, n_circuits: int, n_qubits: int) -> str:
    """Write what ran: device, calibration, shots, number of circuits and their qubits."""
    lines = [f"What ran: {literal(provenance.device)}"]
    if provenance.calibration_time:
        lines.append(f"calibration of {day(provenance.calibration_time)}")
    lines.append("exact expectation values" if provenance.shots is None else f"{provenance.shots:,} shots a circuit")
    lines.append("no error mitigation" if provenance.mitigation == "none" else f"mitigation: {provenance.mitigation}")
    lines.append(f"{n_circuits:,} circuits of {n_qubits} qubits for the quantum network")
    return f"{', '.join(lines)}."


def how_asked(question: Question, differences: Differences) -> str:
    """Write how networks come to a dose, for readers who want details.

    Args:
        question: the dose that is asked for.
        differences: of people in their response, from what the quantum network expects.
    """
    level, slope = (f"{100 * math.exp(differences.numbers[each]):.0f}{NBSP}%" for each in (LOG_SD_LEVEL, LOG_SD_SLOPE))
    days = "seven weeks" if question.regimen.interval_h <= 168 else "as long as the study watched anybody"
    return f"""
- **What they are.** The quantum network is a mixture of small circuits behind a classical encoder; it corrects an
  average course of one dose and knows no pharmacology. Its classical twin has hidden units in the circuits' place.
  "On population model" are the same networks correcting the population model.
- **Steady state.** A network knows none. People are looked at over the last interval after {days} of doses, for so long
  did the study watch them; doses went on for three weeks. After other times the networks alone would ask for other
  doses: what they say beyond the study is no more than a guess. The population model can be asked for ever.
- **People.** How people differ from what a network expects comes from people it was not trained on: by
  {level} in level and by {slope} of the drug's effect (standard deviations). Networks on the population model
  move its own virtual people.
- **Interval.** Draws of those numbers, or of the population model's, with networks thinned by dropout. That the average
  course itself was fitted to 48 people is not in it otherwise: it is too narrow rather than too wide.
"""
