"""Text that is not ours, shown as what it is: from files, forms, drug files, queries, processors and error messages.

Streamlit reads nearly all text as Markdown, labels and messages too, with links, images, badges, formulas, emoji and
icons. Some of these are found in text that is escaped already (``http://``, ``:smile:``), so that backslashes alone
do not help: there the text is taken apart by a span without any style, which leaves what is read and copied as it was.
"""

import re
import unicodedata
from html import escape

LONGEST = 1_000
"""Characters; what is longer ends in an ellipsis."""
UNSEEN = "\ufffd"
"""Stands for a control character, or one that cannot be seen or changes the direction of writing."""
JOINERS = frozenset("\u200c\u200d")
"""Unseen signs that some scripts are written with."""
ISOLATED = ("\u2068", "\u2069")
"""Around text written from right to left, so that the numbers beside it stay where they are."""

_ESCAPED = re.compile(r"[\\`*\[\]{}<$~|]|(?<![^\W_])_|_(?![^\W_])|&(?=[#A-Za-z])|^(?:[-+=#>]|\d+(?=[.)]))")
_TAKEN_APART = re.compile(
    r":(?=[\w+\-/:])"  # directives, emoji, icons, addresses
    r"|(?<=www)\.|(?<=\S)@(?=\S)"  # addresses without a scheme, e-mail
    r"|(?<!\w)(?:<->|->|<-|--|>=|<=|~=)(?!\w)",  # signs that become arrows and dashes
    re.IGNORECASE,
)


def plain(text: object, longest: int = LONGEST) -> str:
    """Return text on one line, without control characters: for places where nothing is read as markup.

    Args:
        text: or an error, or anything else that has a text.
        longest: characters that are kept.
    """
    kept = str(text)[: 4 * longest]
    line = re.sub(r"[^\S\u00a0]+", " ", kept).strip(" ")
    line = line if len(line) <= longest else f"{line[: longest - 1]}…"
    line = "".join(UNSEEN if _is_unseen(char) else char for char in line)
    if any(unicodedata.bidirectional(char) in {"R", "AL"} for char in line):
        return line.join(ISOLATED)
    return line


def literal(text: object, longest: int = LONGEST) -> str:
    """Return text for Streamlit's Markdown that is shown character by character, ordinary words unchanged.

    Args:
        text: or an error, or anything else that has a text.
        longest: characters that are kept.
    """
    line, parts, start = plain(text, longest), [], 0
    for match in _TAKEN_APART.finditer(line):
        sign = match.group()
        apart = "".join(f":color[\\{character}]{{}}" for character in sign[:-1] or sign)
        parts += [_escaped(line[start : match.start()], at_start=not start), apart, _escaped(sign[1:][-1:])]
        start = match.end()
    return "".join([*parts, _escaped(line[start:], at_start=not start)])


def code(text: object) -> str:
    """Return text, such as the number of a job, for Streamlit's Markdown as code, or as `literal`."""
    line = plain(text)
    return f"`{line}`" if line and "`" not in line else literal(line)


def drawn(markdown: str) -> str:
    """Return what holds `literal` text for a chart: Plotly reads a few tags, and fills in what stands in ``%{}``."""
    return escape(_unmarked(markdown), quote=False).replace("{", "&#123;")


def in_html(markdown: str) -> str:
    """Return what holds `literal` text for ``st.html``."""
    return escape(_unmarked(markdown))


def _unmarked(markdown: str) -> str:
    """Undo `literal`."""
    together = re.sub(r":color\[(\\.)\]\{\}", r"\1", markdown)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", together)


def _is_unseen(char: str) -> bool:
    return char not in JOINERS and unicodedata.category(char) in {"Cc", "Cf", "Cs"}


def _escaped(text: str, *, at_start: bool = False) -> str:
    def backslash(match: re.Match[str]) -> str:
        sign = match.group()
        if sign[0].isdigit():
            # A list's number: the sign after it is what makes a list.
            return f"{sign}\\"
        starts = match.start() == 0 and sign in "-+=#>"
        return sign if starts and not at_start else f"\\{sign}"

    return _ESCAPED.sub(backslash, text)
