// The row of controls above the images.

import { button, make, setAttribute } from "../../browser/elements.js";
import { keyList } from "../../browser/keys.js";

const TOOLS = {
  contrast: ["Window", "Drag to change the window: sideways its width, up and down its level (right button: move)"],
  move: ["Move", "Drag to move the image (also: shift or the middle button; right button: window)"],
  cross: ["Cross-hair", "Drag to move the cross-hair through all planes (also: a click with any tool)"],
};
const PRESETS = { usual: "Usual window", full: "Full range", file: "File's window", own: "Own window" };
const KEYS = [
  ["↑ ↓ or wheel", "slice by slice"],
  ["Page ↑ ↓", "ten slices"],
  ["Home, End", "first, last slice"],
  ["+ − or Ctrl + wheel", "zoom"],
  ["W", "next window"],
  ["I", "invert"],
  ["T, M", "turn, mirror"],
  ["P", "one or three planes"],
  ["O", "overlay"],
  ["0 or double click", "reset"],
];

export class Toolbar {
  constructor(viewer) {
    this.viewer = viewer;
    this.tools = {};
    for (const [tool, [word, tip]] of Object.entries(TOOLS)) {
      this.tools[tool] = button(tool, word, tip, () => viewer.change({ tool }));
    }
    this.choice = make("div", { class: "joined", role: "group", "aria-label": "What dragging does" }, ...Object.values(this.tools));
    this.options = {};
    for (const [name, word] of Object.entries(PRESETS)) this.options[name] = make("option", { value: name }, word);
    this.preset = make(
      "select",
      { "aria-label": "Window preset", title: "Which values are black and white (W)", onchange: () => viewer.usePreset(this.preset.value) },
      ...Object.values(this.options),
    );
    const zoom = make(
      "div", { class: "joined small", role: "group", "aria-label": "Zoom" },
      button("out", "Zoom out", "Zoom out (−)", () => viewer.zoom(0.8)),
      button("in", "Zoom in", "Zoom in (+)", () => viewer.zoom(1.25)),
    );
    this.invert = button("invert", "Invert", "Invert black and white (I)", () => viewer.invert());
    const ways = make(
      "div", { class: "joined small", role: "group", "aria-label": "Orientation and greys" },
      button("turn", "Turn", "Turn a quarter clockwise (T)", () => viewer.turn()),
      button("mirror", "Mirror", "Mirror left and right (M)", () => viewer.mirror()),
      this.invert,
    );
    this.planes = button("planes", "Three planes", "One plane or three (P)", () => viewer.togglePlanes());
    this.overlay = button("overlay", "Overlay", "Show or hide the overlay (O)", () => viewer.toggleOverlay(), { class: "keeps-word" });
    const reset = button("reset", "Reset", "Window, zoom and orientation as at first (0 or double click)", () => viewer.reset());
    this.element = make(
      "div", { class: "toolbar", role: "toolbar", "aria-label": "Image tools" },
      this.choice, this.preset, zoom, ways, this.planes, this.overlay, reset, keyList(KEYS),
    );
  }

  adopt(image, presets) {
    this.preset.hidden = image.channels > 1;
    // Colours have no window: dragging moves.
    this.choice.hidden = image.channels > 1;
    for (const name of ["usual", "full", "file"]) this.options[name].hidden = !(name in presets);
    this.tools.cross.hidden = this.planes.hidden = !image.header.planes;
    this.overlay.hidden = !image.overlays.length;
  }

  update({ tool, preset, inverted, layout, overlay }) {
    for (const [name, element] of Object.entries(this.tools)) setAttribute(element, "aria-pressed", name === tool);
    setAttribute(this.invert, "aria-pressed", inverted);
    setAttribute(this.planes, "aria-pressed", layout === "planes");
    setAttribute(this.overlay, "aria-pressed", overlay.on);
    this.options.own.hidden = preset !== "own";
    if (this.preset.value !== preset) this.preset.value = preset;
  }
}
