// What the overlay's colours mean, under its title, and how much it covers.

import { make, setAttribute, setText, slider } from "../../browser/elements.js";
import { overlayInk } from "./ink.js";

const STOPS = 24; // colours of the bar

export class Legend {
  constructor(paper) {
    this.paper = paper;
    this.title = make("strong", { class: "overlay-title" });
    this.variants = make("div", { class: "joined", role: "group", "aria-label": "Overlay shown" });
    this.bar = make("span", { class: "colours", "aria-hidden": "true" });
    this.low = make("span");
    this.high = make("span");
    this.caption = make("span", { class: "meaning" });
    this.opacity = slider("Opacity", "How strongly the overlay is drawn", paper.state.overlay.opacity, (opacity) => paper.changeOverlay({ opacity }));
    this.element = make(
      "div", { class: "legend", role: "group", "aria-label": "Overlay" },
      this.title, this.variants, make("span", { class: "scale-of-colours" }, this.low, this.bar, this.high), this.opacity.element, this.caption,
    );
  }

  adopt({ overlays }) {
    this.buttons = overlays.map(({ name }, which) =>
      make("button", { type: "button", onclick: () => this.paper.changeOverlay({ which, on: true }) }, name));
    this.variants.replaceChildren(...this.buttons);
    this.variants.hidden = overlays.length < 2;
  }

  update({ overlay: { on, which, opacity } }, { overlays }) {
    const overlay = overlays[which];
    this.element.hidden = !on || !overlay;
    if (this.element.hidden) return;
    this.buttons.forEach((element, k) => setAttribute(element, "aria-pressed", k === which));
    const percent = Math.round(100 * opacity);
    if (Number(this.opacity.input.value) !== percent) this.opacity.input.value = percent;
    setText(this.opacity.says, `${percent}\u00a0%`);
    setText(this.title, overlay.title);
    setText(this.caption, overlay.caption);
    setText(this.low, overlay.ends[0]);
    setText(this.high, overlay.ends[1]);
    const colours = Array.from({ length: STOPS }, (_, k) => overlayInk((255 * k) / (STOPS - 1), overlay.signed));
    this.bar.style.background = `linear-gradient(90deg, ${colours.join()})`;
  }
}
