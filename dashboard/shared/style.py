"""The few rules of style that Streamlit's theme cannot express; the same on every page."""

import streamlit as st

NARROW_PX = 1279

# The test ids are Streamlit's own; a keyed container gets its key as a class. Text in charts takes the colour of the
# page: the grey of Streamlit's chart theme is too pale for AA, and a colour set here would not follow a theme switch.
# Primary buttons are pale in the dark theme, where white on them cannot be read; light-dark() does follow a switch.
PAIR = '[class*="st-key-pair"] > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"]'
STYLE = f"""<style>
[data-testid="stMainBlockContainer"] {{padding: 4.2rem clamp(1rem, 3vw, 4rem) 4rem; max-width: 1500px;}}
@media (max-width: {NARROW_PX}px) {{
  {PAIR} {{flex-wrap: wrap; row-gap: 1.2rem;}}
  {PAIR} > [data-testid="stColumn"] {{min-width: 100%;}}
}}
[data-testid="stMainBlockContainer"] h2 {{font-size: 1.55rem; padding-top: .6rem;}}
[data-testid="stBaseButton-primary"] {{color: light-dark(#ffffff, #0a1218) !important;}}
[data-testid="stPlotlyChart"] text {{fill: currentColor !important;}}
[data-testid="stPlotlyChart"] .errorbars path {{stroke: currentColor !important;}}
.q-table {{width: 100%; border-collapse: collapse; font-size: .94rem; font-variant-numeric: tabular-nums;}}
.q-table th, .q-table td {{text-align: left; padding: 6.5px 12px 6.5px 0; vertical-align: baseline;}}
.q-table th {{font-weight: 600; border-bottom: 1px solid rgba(123,136,148,.5);}}
.q-table td {{border-bottom: 1px solid rgba(123,136,148,.22);}}
.q-table .num {{text-align: right; white-space: nowrap;}}
.q-table th.num {{white-space: normal;}}
.q-table .meaning {{min-width: 14em;}}
.q-table .strong {{font-weight: 700;}}
.q-table .whole {{white-space: nowrap;}}
.q-table .bar {{display: inline-block; height: .7em; margin-right: 8px; border-radius: 2px;}}
</style>"""


def apply_style() -> None:
    """Add the rules to the page."""
    st.html(STYLE)
