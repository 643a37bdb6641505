"""Made-up images to look at: nobody's, and no evidence of how good a model is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from qcore.io.image.series import Series
from qcore.tasks.imaging import phantoms


@dataclass(frozen=True)
class Example:
    """A made-up image.

    Attributes:
        key: short identifier.
        question: name of the question that is asked of it, a key of `qcore.tasks.imaging.subjects.SUBJECTS`.
        title: what it shows, in a few words.
        story: the same in a sentence.
        make: makes it up.
    """

    key: str
    question: str
    title: str
    story: str
    make: Callable[[], Series]

    def series(self) -> Series:
        """Make it up, or return what was made up before; nobody may write into its pixels."""
        return _made(self.key)


EXAMPLES: Mapping[str, Example] = {
    example.key: example
    for example in (
        Example(
            "ragged",
            "breast",
            "Breast ultrasound: a ragged dark spot with a shadow",
            "A dark spot with a ragged rim, taller than wide, that throws a shadow, as a breast cancer may look.",
            lambda: phantoms.breast(True, 3),
        ),
        Example(
            "oval",
            "breast",
            "Breast ultrasound: a smooth oval dark spot",
            "A dark spot, wider than tall, with a smooth rim and brighter tissue below it, as a cyst may look.",
            lambda: phantoms.breast(False, 2),
        ),
        Example(
            "clear",
            "pneumonia",
            "Chest X-ray: both lungs clear",
            "Nothing was put into these lungs.",
            lambda: phantoms.chest(False, 1),
        ),
        Example(
            "shadow",
            "pneumonia",
            "Chest X-ray: a white patch in one lung",
            "A white patch was put into the lower right lung, on the left of the image, as pneumonia may look.",
            lambda: phantoms.chest(True, 2),
        ),
        Example(
            "slender",
            "adrenal",
            "Adrenal gland: slender limbs",
            "The shape of a gland of 4 mL with limbs of 4 mm.",
            lambda: phantoms.adrenal(4.0, 1),
        ),
        Example(
            "thick",
            "adrenal",
            "Adrenal gland: thick limbs",
            "The shape of a gland of 7 mL with limbs of 8 mm, as in hyperplasia.",
            lambda: phantoms.adrenal(8.0, 2),
        ),
    )
}
"""By key."""


@cache
def _made(key: str) -> Series:
    made = EXAMPLES[key].make()
    made.pixels.flags.writeable = False
    return made
