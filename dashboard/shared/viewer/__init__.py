"""A viewer of medical images, drawn by the browser: slices, three planes, window and level, overlays.

`picture.Picture` is what is shown, `encoding.encode` its bytes, `component.show` puts it on the page.
"""
