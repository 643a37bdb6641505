"""Numbers as people write them: decimal comma, grouped thousands, and what can be read two ways."""

import re

_PLAIN = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_COMMA = re.compile(r"[+-]?[0-9]{1,12},[0-9]+")
_BARE_COMMA = re.compile(r"[+-]?[0-9]{1,12},")
_ONE_COMMA_GROUP = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_ONE_DOT_GROUP = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_COMMA_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_DOT_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_OTHER_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:[ '’\u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?")
_DECIMAL_COMMA = re.compile(r"(?<![0-9,.])(?:0,[0-9]+|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,}))(?![0-9,.])")
# Excel and the web write a true minus sign.
_MINUS = str.maketrans({"−": "-", "–": "-"})


def has_decimal_comma(text: str) -> bool:
    """Tell whether a number in the text can only be read with the comma as its decimal sign."""
    return _DECIMAL_COMMA.search(text) is not None


def readings(text: str, *, decimal_comma: bool) -> tuple[float, ...]:
    """Return what a text can mean as a number.

    Args:
        text: one number, without a unit.
        decimal_comma: the text around it uses decimal commas, so that a dot may group thousands.

    Returns:
        Nothing if it is no number; two values for ``1,500`` (1.5 or 1500) and, beside decimal
        commas, for ``1.500``.
    """
    number = text.strip().translate(_MINUS)
    if _ONE_COMMA_GROUP.fullmatch(number):
        return float(number.replace(",", ".")), float(number.replace(",", ""))
    if decimal_comma and _ONE_DOT_GROUP.fullmatch(number):
        return float(number), float(number.replace(".", ""))
    if _PLAIN.fullmatch(number):
        return (float(number),)
    if decimal_comma and _BARE_COMMA.fullmatch(number):
        # As Fortran and R write a whole number.
        return (float(number[:-1]),)
    if _COMMA.fullmatch(number):
        return (float(number.replace(",", ".")),)
    if _COMMA_GROUPS.fullmatch(number):
        return (float(number.replace(",", "")),)
    if _DOT_GROUPS.fullmatch(number):
        return (float(number.replace(".", "").replace(",", ".")),)
    if _OTHER_GROUPS.fullmatch(number):
        return (float(re.sub(r"[^0-9.,+-]", "", number).replace(",", ".")),)
    return ()
