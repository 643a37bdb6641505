"""The drug's file: to download, change and upload again; faults are told in the words of `qlinical drug check`."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount
from dashboard.shared.foreign import literal
from dashboard.shared.kept_file import KeptFile, kept_file
from qcore.errors import QlinicalError
from qcore.tasks.dosing.drug.file import Drug, parsed
from qcore.tasks.dosing.drug.match import check_match
from qcore.tasks.dosing.drug.text import written


def with_drug_file(source: Source) -> Source | None:
    """Show the drug's file in the sidebar; return the study with the drug that is in use, None where a file is wrong.

    Args:
        source: with the drug as Qlinical has it.
    """
    with st.sidebar:
        line, file = _exchange(source)
    if file is None:
        return replace(source, drug=as_shown(source.drug))
    try:
        drug = parsed(file.name, file.data)
        check_match(drug, source.model)
        drug = as_shown(drug)
    except QlinicalError as error:
        st.error(literal(error), icon=":material/error:")
        st.markdown("Nothing is answered with a drug file that is wrong: correct it, or remove it at the left.")
        return None
    ways = ", ".join(f"{each.name} (at most {amount(each.cap, drug)})" for each in drug.regimens)
    line.caption(f"In use: your drug file, {drug.route}, {ways}.")
    return replace(source, drug=drug, studied=drug.studied or source.studied, drug_file=file.digest[:12])


def as_shown(drug: Drug) -> Drug:
    """Return a drug whose texts are safe in any sentence of the page: they come from its file or its study."""
    units = drug.units.model_copy(
        update={each: literal(getattr(drug.units, each)) for each in ("dose", "concentration", "response")}
    )
    regimens = tuple(each.model_copy(update={"name": literal(each.name)}) for each in drug.regimens)
    words = {each: literal(getattr(drug, each)) for each in ("name", "about", "effect")}
    return drug.model_copy(update={**words, "units": units, "regimens": regimens})


def _exchange(source: Source) -> tuple[DeltaGenerator, KeptFile | None]:
    """Return the place for a line on what is in use, and the uploaded file, if any."""
    line = st.container()
    # The uploader is there while the expander is closed: it holds the file that is in use.
    with st.expander("Drug file: doses, caps, aim", key=f"dosing_drug_box_{source.key}"):
        st.download_button(
            "Download",
            written(source.drug),
            "drug.toml",
            "application/toml",
            key="dosing_drug_download",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
        )
        file = kept_file(
            "Changed file (TOML)",
            ("toml",),
            f"dosing_drug_{source.key}",
            most_mb=1,
            help_text="How often it is given, in which steps, up to what, and what it is to reach. The command "
            "`qlinical drug check` says the same of a file.",
        )
    return line, file
