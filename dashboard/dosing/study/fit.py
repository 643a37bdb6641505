"""Fitting a model to an uploaded study, off the thread that draws the page: progress, and a way to stop it."""

import time
from threading import Event, Lock, Thread

import streamlit as st
from cachetools import LRUCache

from dashboard.dosing.study.parsed import Upload
from dashboard.dosing.study.source import Source
from dashboard.dosing.study.upload import reading_doubt, reading_notes
from dashboard.shared.foreign import literal
from qcore.errors import QlinicalError
from qcore.population.fitting.search import Tried
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.fitting import FitStopped, fitted_to

POLL_S = 1.0
KEPT = 4
"""Models of a session: who compares two files need not fit them again."""

_one_at_a_time = Lock()


class Fitting:
    """A fit under way; it ends when it is done, when it fails, or at the next model after it was stopped.

    Args:
        upload: the file of the study, and how the user wants it read.
    """

    def __init__(self, upload: Upload) -> None:
        self.model: PopulationModel | None = None
        self.error: Exception | None = None
        self.tried: list[Tried] = []
        self.waiting = True
        self._upload, self._stopped = upload, Event()
        self._began = time.monotonic()
        self._thread = Thread(target=self._run, name="dose-fit", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether there is a model or a reason why there is none."""
        return self.model is not None or self.error is not None

    @property
    def seconds(self) -> float:
        """Since it was asked for."""
        return time.monotonic() - self._began

    def stop(self) -> None:
        """Let it end with the model it is at."""
        self._stopped.set()

    def join(self, timeout_s: float) -> None:
        """Wait for its end."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            # A fit takes one core for minutes: a second one at the same time would make pages wait.
            while not _one_at_a_time.acquire(timeout=POLL_S):
                self._note(None)
            try:
                self.waiting = False
                upload = self._upload
                self.model = fitted_to(upload.read, upload.data, upload.roles, upload.options, self._note)
            finally:
                _one_at_a_time.release()
        except FitStopped:
            pass
        except Exception as error:
            # Raised again where the page can tell it.
            self.error = error

    def _note(self, tried: Tried | None) -> None:
        if self._stopped.is_set():
            raise FitStopped
        if tried is not None:
            self.tried.append(tried)


def fitted_model(upload: Upload) -> PopulationModel | None:
    """Return the model of a study, fitted when asked for; None while there is none."""
    fits: LRUCache[str, Fitting] = st.session_state.setdefault("dosing_fits", LRUCache(KEPT))
    fit = fits.get(upload.key)
    if fit is not None and fit.model is not None:
        return fit.model
    if fit is None:
        st.markdown("**How the file was read**")
        for doubt in upload.read.doubts:
            st.markdown(f":orange-badge[:material/warning: Doubtful] {reading_doubt(doubt)}")
        reading_notes(upload.read.notes)
        if st.button("Fit a model to this study", key="dosing_fit", type="primary"):
            fits[upload.key] = Fitting(upload)
            st.rerun()
        st.caption("Many models are tried, from the simplest on; that takes one to three minutes, sometimes more.")
        return None
    if fit.error is not None:
        del fits[upload.key]
        if not isinstance(fit.error, QlinicalError):
            raise fit.error
        st.error(literal(fit.error), icon=":material/error:")
        return None
    _watch(fit, fits, upload.key)
    return None


def tried_models(source: Source) -> list[Tried]:
    """Return what was tried on the way to a model fitted in this session, in order; nothing for any other."""
    fits: LRUCache[str, Fitting] = st.session_state.get("dosing_fits", LRUCache(KEPT))
    return next((fit.tried for fit in fits.values() if fit.model is source.model), [])


@st.fragment(run_every=POLL_S)
def _watch(fit: Fitting, fits: "LRUCache[str, Fitting]", key: str) -> None:
    if fit.is_over:
        st.rerun()
    with st.container(border=True):
        if fit.waiting:
            st.markdown("**Waiting** for another fit on this machine to end.")
        else:
            count = "One model" if len(fit.tried) == 1 else f"{len(fit.tried) or 'No'} models"
            last = f"; the last one: {literal(fit.tried[-1].what)}" if fit.tried else " yet"
            st.markdown(
                f"**Fitting, {fit.seconds:.0f} s so far.** {count} tried{last}. It usually takes one to three minutes, "
                "sometimes more; meanwhile other pages can be used."
            )
        if st.button("Cancel", key="dosing_cancel"):
            fit.stop()
            fits.pop(key, None)
            st.rerun()
