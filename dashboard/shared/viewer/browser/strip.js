// The slice slider, and above it a bar for every slice: as high as its mark, say the model's probability.

import { draw, make, setAttribute, setText } from "../../browser/elements.js";

const TALL = 32; // units of the drawing's height

const percent = (mark) => (mark < 0.01 ? "less than 1\u00a0%" : `${Math.round(mark * 100)}\u00a0%`);

export class Strip {
  constructor(viewer) {
    this.viewer = viewer;
    this.bars = draw("path", { class: "bars" });
    this.current = draw("path", { class: "current" });
    this.drawing = draw("svg", { class: "marks", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.drawing.append(this.bars, this.current);
    const go = (event) => { if (event.buttons & 1) this.#goTo(event); };
    this.drawing.addEventListener("pointerdown", (event) => {
      this.drawing.setPointerCapture(event.pointerId);
      go(event);
    });
    this.drawing.addEventListener("pointermove", go);
    this.slider = make("input", {
      type: "range", min: 1, step: 1,
      oninput: () => viewer.goTo(Number(this.slider.value) - 1),
    });
    this.label = make("span", { class: "slice-label" });
    this.caption = make("span", { class: "strip-caption" });
    this.track = make("div", { class: "track" }, this.drawing, this.slider);
    this.element = make("div", { class: "strip" }, make("div", { class: "strip-head" }, this.label, this.caption), this.track);
  }

  #goTo(event) {
    const box = this.drawing.getBoundingClientRect();
    const count = this.viewer.image.shape[0];
    this.viewer.goTo(Math.floor(((event.clientX - box.left) / box.width) * count), "slices");
  }

  // The mark of a slice in words; empty where there is none.
  markText(image, slice) {
    const marks = image.header.marks;
    const mark = marks && marks.values[slice];
    return mark === null || mark === undefined ? "" : `${marks.caption} ${percent(mark)}`;
  }

  adopt(image) {
    const { marks, shape } = image.header;
    this.drawing.setAttribute("viewBox", `0 0 ${shape[0]} ${TALL}`);
    const gap = shape[0] > 200 ? 0 : 0.14;
    const bar = (k) => {
      const high = Math.max(1, marks.values[k] * TALL);
      return `M${k + gap} ${TALL}v${-high}h${1 - 2 * gap}v${high}z`;
    };
    this.bars.setAttribute("d", marks ? marks.values.map((mark, k) => (mark === null ? "" : bar(k))).join("") : "");
    this.track.style.setProperty("--slices", shape[0]);
    setText(this.caption, marks ? `${marks.caption}, by slice` : "");
  }

  update(state, pane, image) {
    const { plane } = pane;
    const index = pane.indexIn(state);
    const acquired = plane.name === "slices";
    this.element.hidden = plane.count < 2;
    const mark = acquired ? this.markText(image, index) : "";
    setText(this.label, `${pane.title}, slice ${index + 1} of ${plane.count}${mark && ` · ${mark}`}`);
    this.drawing.toggleAttribute("hidden", !acquired || !image.header.marks);
    this.caption.hidden = !acquired;
    if (acquired) setAttribute(this.current, "d", `M${index} ${TALL}V0h1V${TALL}z`);
    setAttribute(this.slider, "max", plane.count);
    if (this.slider.value !== String(index + 1)) this.slider.value = index + 1;
    setAttribute(this.slider, "aria-label", `${pane.title} slice`);
    setAttribute(this.slider, "aria-valuetext", `Slice ${index + 1} of ${plane.count}${mark && `, ${mark}`}`);
  }
}
