"""Foreign text is shown as what it is: nothing of it formats a page, and ordinary words stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.shared.foreign import LONGEST, UNSEEN, code, drawn, in_html, literal, plain

ORDINARY = (
    *("synthetic-2", "p7", "Bed 12, Ward B", "creatinine_last_mg_dl", "ng/mL", "µg/L", "10^9/L", "Müller (junior)"),
    "Line 3, creatinine_last_mg_dl: Creatinine, last: 1900 mg/dL is not accepted; is the unit µmol/L?",
    "Line 2, column 'x': the cell holds 5 %. Write it without the sign.",
)
MARKED = {
    "![x](http://a.b/c.png)": r"!\[x\](http:color[\:]{}//a.b/c.png)",
    ":green-badge[No alert] **0.1 %**": r":color[\:]{}green-badge\[No alert\] \*\*0.1 %\*\*",
    ":material/home:": r":color[\:]{}material/home:",
    "$x$ <b> `c` &lt;": r"\$x\$ \<b> \`c\` \&lt;",
    "www.a.b a@b.c": r"www:color[\.]{}a.b a:color[\@]{}b.c",
    "a -> b": r"a :color[\-]{}> b",
    "# a": r"\# a",
    "1. a": r"1\. a",
    "- a": r"\- a",
}


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert literal(text) == text
    assert drawn(text) == text


@pytest.mark.parametrize("text", MARKED)
def test_what_would_format_a_page_is_disarmed(text: str) -> None:
    assert literal(text) == MARKED[text]


@given(st.text(max_size=80))
def test_nothing_is_lost_on_the_way(text: str) -> None:
    from html import unescape

    shown = plain(text)
    assert "\n" not in shown
    assert unescape(drawn(literal(text))) == shown
    assert unescape(in_html(literal(text))) == shown


def test_charts_and_tables_get_no_tag_and_no_template() -> None:
    assert drawn(literal("<a href='http://a.b'>x</a> %{y}")) == "&lt;a href='http://a.b'&gt;x&lt;/a&gt; %&#123;y}"
    assert "<" not in in_html(literal("<img src=http://a.b/c>"))


def test_control_and_direction_signs_are_replaced_and_lines_joined() -> None:
    assert plain("a\nb\r\n\tc\x00d\u202ee\u200bf") == f"a b c{UNSEEN}d{UNSEEN}e{UNSEEN}f"
    assert plain("\u05d0\u05d1 5 %") == "\u2068\u05d0\u05d1 5 %\u2069"


def test_long_text_is_cut() -> None:
    assert len(plain("a" * 10_000)) == LONGEST
    assert literal("a" * 10_000).endswith("…")
    assert literal("abcdef", longest=4) == "abc…"


def test_an_error_is_text_too() -> None:
    assert literal(ValueError("*a*")) == r"\*a\*"


def test_a_number_of_a_job_is_code_unless_it_would_end_that() -> None:
    assert code("d1-a:b") == "`d1-a:b`"
    assert code("a` **b**") == r"a\` \*\*b\*\*"
    assert code("") == ""
