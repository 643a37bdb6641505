"""An electrocardiogram as on paper, drawn by the browser: leads, grid, calipers, marks, overlays.

`paper.Paper` is what is shown, `encoding.encode` its bytes, `component.show` puts it on the page.
"""
