"""Where a circuit ran, in words that stand under an answer."""

from dashboard.shared.foreign import literal
from qcore.backends.registry import BACKENDS
from qcore.backends.specification import parse


def ran_on(backend: str) -> str:
    """Return where a circuit ran, as it stands in a sentence: noiseless simulator, ideal."""
    label = BACKENDS[parse(backend).kind].label
    # A name keeps its capital letters.
    return f"{label if label[:2].isupper() else label[0].lower() + label[1:]}, {literal(backend)}"
