// What the overlay's colours mean, and how much of it is shown: variant, threshold, opacity.

import { make, setAttribute, setText, slider } from "../../browser/elements.js";
import { overlayColour, strength } from "./paint.js";

const STEPS = 64; // colours of the bar

export class Legend {
  constructor(viewer) {
    this.viewer = viewer;
    this.variants = make("div", { class: "joined", role: "group", "aria-label": "Overlay shown" });
    this.bar = make("span", { class: "colours", "aria-hidden": "true" });
    this.low = make("span");
    this.high = make("span");
    this.caption = make("span", { class: "meaning" });
    const { opacity, threshold } = viewer.state.overlay;
    this.threshold = slider("Hide below", "Hides what is weaker than this share of the strongest", threshold, (value) =>
      viewer.changeOverlay({ threshold: value }));
    this.opacity = slider("Opacity", "How much the overlay covers the image", opacity, (value) =>
      viewer.changeOverlay({ opacity: value }));
    this.element = make(
      "div", { class: "legend", role: "group", "aria-label": "Overlay" },
      this.variants,
      make("span", { class: "scale-of-colours" }, this.low, this.bar, this.high, this.caption),
      this.threshold.element, this.opacity.element,
    );
  }

  adopt(image) {
    this.element.hidden = !image.overlays.length;
    this.buttons = image.overlays.map(({ name }, which) =>
      make("button", { type: "button", onclick: () => this.viewer.changeOverlay({ which, on: true }) }, name));
    this.variants.replaceChildren(...this.buttons);
    this.variants.hidden = this.buttons.length < 2;
    this.drawn = null;
  }

  update(state, image) {
    const { which, on, threshold, opacity } = state.overlay;
    const overlay = image.overlays[which];
    if (!overlay) return;
    this.element.classList.toggle("off", !on);
    this.buttons.forEach((element, k) => setAttribute(element, "aria-pressed", on && k === which));
    for (const [part, value] of [[this.threshold, threshold], [this.opacity, opacity]]) {
      part.input.disabled = !on;
      if (Number(part.input.value) !== Math.round(100 * value)) part.input.value = Math.round(100 * value);
      setText(part.says, `${Math.round(100 * value)}\u00a0%`);
    }
    const drawn = `${which} ${threshold}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    setText(this.low, overlay.ends[0]);
    setText(this.high, overlay.ends[1]);
    setText(this.caption, overlay.caption);
    // What the threshold hides is black in the bar, as the image below it may be.
    const colours = Array.from({ length: STEPS }, (_, k) => {
      const value = Math.round((255 * k) / (STEPS - 1));
      return strength(value, overlay.signed) < threshold ? "#000" : `rgb(${overlayColour(value, overlay.signed).join()})`;
    });
    const stops = colours.map((colour, k) => `${colour} ${(100 * k) / STEPS}% ${(100 * (k + 1)) / STEPS}%`);
    this.bar.style.background = `linear-gradient(90deg, ${stops.join()})`;
  }
}
