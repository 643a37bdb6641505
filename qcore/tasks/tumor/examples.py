"""Made-up heads to look at: nobody's, and no evidence of how good a model is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from qcore.io.image.series import Series
from qcore.tasks.tumor.phantom import Lesion, head


@dataclass(frozen=True)
class Example:
    """A made-up head.

    Attributes:
        key: short identifier.
        title: what it shows, in a few words.
        story: the same in a sentence.
        lesion: what was put into it; None for nothing.
        seed: of folds, texture and noise.
    """

    key: str
    title: str
    story: str
    lesion: Lesion | None
    seed: int

    def series(self) -> Series:
        """Make it up, or return what was made up before; nobody may write into its pixels."""
        return _made(self.key)


EXAMPLES: Mapping[str, Example] = {
    example.key: example
    for example in (
        Example(
            "ring",
            "A ring with swelling, in the left half",
            "A bright rim around a dark core, with swelling around it, as a high-grade glioma may look after contrast "
            "agent.",
            Lesion((0.28, 0.12, 0.42), 19.0, rim=True),
            1,
        ),
        Example(
            "bright",
            "An evenly bright mass below the skull, on the right",
            "A bright mass that touches the surface of the brain, as a meningioma may look after contrast agent.",
            Lesion((0.34, 0.42, -0.58), 16.0, rim=False),
            2,
        ),
        Example("none", "A head without a lesion", "Nothing was put into this head.", None, 3),
    )
}
"""By key; the first is shown first."""


@cache
def _made(key: str) -> Series:
    example = EXAMPLES[key]
    made = head(example.lesion, example.seed)
    made.pixels.flags.writeable = False
    return made
