"""Text of headers, labels and names folded to plain words, so that they can be compared."""

import re
import unicodedata

_MICRO_AND_DEGREE = str.maketrans({"µ": "u", "μ": "u", "°": " ", "º": " "})


def folded(text: str) -> str:
    """Lower case words with single spaces; accents, punctuation and the micro sign are folded."""
    lower = unicodedata.normalize("NFKD", text.translate(_MICRO_AND_DEGREE)).lower()
    lower = lower.translate(_MICRO_AND_DEGREE)
    plain = "".join(sign for sign in lower if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9%]+", plain))
