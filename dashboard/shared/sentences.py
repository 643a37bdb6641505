"""Several sentences in one box: seven wrong values are no seven boxes."""

from collections.abc import Sequence

from dashboard.shared.foreign import literal


def in_one_box(sentences: Sequence[object]) -> str:
    """Return Markdown of sentences that may hold text that is not ours: one as it is, several as a list.

    Args:
        sentences: or errors, or anything else that has a text; one at least.
    """
    shown = [literal(each) for each in sentences]
    return shown[0] if len(shown) == 1 else "\n".join(f"- {each}" for each in shown)
