"""The population model for those who speak its language: structure, numbers, their errors, what else was tried."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.dosing.study.source import Source
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import percent
from qcore.population.fitting.doubts import doubts
from qcore.population.fitting.search import Tried
from qcore.population.structure import MEANING, Structure
from qcore.tasks.dosing.parameter_units import unit_of


def model_view(source: Source, tried: Sequence[Tried]) -> None:
    """Show the model.

    Args:
        source: the study on the page, with its model and drug.
        tried: on the way to it, where it was fitted in this session.
    """
    model = source.model
    st.markdown(_structure(model.structure))
    for doubt in doubts(model):
        st.markdown(f":orange-badge[:material/warning: Doubtful] {literal(doubt)}")
    st.html(_numbers(source))
    st.caption(
        f"−2 log likelihood {model.ofv:.1f}, BIC {model.bic:.1f}; first-order conditional estimation with "
        "interaction. Standard errors come from the curvature of the likelihood; in % where the logarithm was "
        "estimated, of the logit for shares. omega is the standard deviation between people, beyond their "
        "covariates, of a parameter's logarithm, or of the logit of a share; a covariate's effect is added to the "
        "same. Shrinkage near 100 % means that the study says little of how single people differ in it."
    )
    if tried:
        st.html(_tried(tried))
        st.caption("Models in the order in which they were tried; the search went on from those in bold.")


def _structure(structure: Structure) -> str:
    way = "absorbed after each dose" if structure.absorbed else "straight into the blood"
    parts = [f"{structure.compartments}-compartment kinetics, {way}{', with a delay' if structure.lag else ''}"]
    response = structure.response
    if response is not None:
        turned = {"production": "changes how fast it is made", "loss": "changes how fast it is lost"}
        kind = turned.get(response.kind, "sets it at once")
        shape = [word for flag, word in ((response.partial, "less than full effect"), (response.hill, "Hill")) if flag]
        parts.append(
            f"the drug {'lowers' if response.lowers else 'raises'} the response: it {kind}"
            + (f" ({', '.join(shape)})" if shape else "")
        )
    fixed = [
        f"{effect.parameter} ~ {effect.covariate}^{effect.exponent:g}"
        for effect in structure.effects
        if effect.exponent is not None
    ]
    if fixed:
        parts.append(f"exponents known beforehand: {', '.join(fixed)}")
    sentence = "; ".join(parts)
    return literal(f"{sentence[0].upper()}{sentence[1:]}.")


def _numbers(source: Source) -> str:
    rows = []
    for name, (value, error) in source.model.with_errors.items():
        shrinkage = source.model.shrinkage.get(name.removeprefix("omega ")) if name.startswith("omega ") else None
        # The long names are those of errors: on one line they would leave no room for what is said of them.
        whole = "" if " error of " in name else "whole"
        rows.append(
            f"<tr><td class='{whole}'>{escape(name)}</td><td class='meaning'>{escape(_meaning(name))}</td>"
            f"<td class='num'>{value:.4g}</td><td class='whole'>{escape(unit_of(name, source.model.units))}</td>"
            f"<td class='num'>{escape(error)}</td>"
            f"<td class='num'>{'' if shrinkage is None else percent(max(0.0, shrinkage))}</td></tr>"
        )
    head = (
        "<tr><th>Number</th><th>Meaning</th><th class='num'>Estimate</th><th>Unit</th>"
        "<th class='num'>Standard error</th><th class='num'>Shrinkage</th></tr>"
    )
    return f"<table class='q-table'><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _meaning(name: str) -> str:
    if name.startswith("omega "):
        return f"differences between people in {MEANING[name.removeprefix('omega ')]}"
    if " on " in name:
        covariate, parameter = name.split(" on ")
        return f"effect of {covariate} on the {MEANING[parameter]}"
    return MEANING.get(name, "error of a measurement")


def _tried(tried: Sequence[Tried]) -> str:
    rows = "".join(
        f"<tr class='{'strong' if each.kept else ''}'><td>{escape(each.what)}</td>"
        f"<td class='num'>{each.ofv:.1f}</td><td class='num'>{each.bic:.1f}</td></tr>"
        for each in tried
    )
    head = "<tr><th>Model</th><th class='num'>−2 log likelihood</th><th class='num'>BIC</th></tr>"
    return f"<table class='q-table'><thead>{head}</thead><tbody>{rows}</tbody></table>"
