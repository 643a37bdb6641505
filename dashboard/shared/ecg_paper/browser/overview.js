// The whole recording as a band, in it a window for what is seen: dragged, clicked, moved by keys.

import { make, setAttribute } from "../../browser/elements.js";
import { extremes, GAP } from "./record.js";
import { fitted } from "./sheet.js";

const HIGH_PX = 46;
const ENDS = [0.01, 0.99]; // of the columns' ends between which the band is drawn: one artefact would flatten all else

export function clock(seconds) {
  const whole = Math.max(0, seconds);
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  const rest = whole < 600 ? (whole % 60).toFixed(1).padStart(4, "0") : two(whole % 60);
  return whole < 3600 ? `${Math.floor(whole / 60)}:${rest}` : `${Math.floor(whole / 3600)}:${two((whole / 60) % 60)}:${two(whole % 60)}`;
}

export class Overview {
  constructor(paper) {
    this.paper = paper;
    this.canvas = make("canvas");
    this.window = make("div", { class: "window" });
    this.element = make(
      "div", { class: "overview", role: "slider", tabindex: 0, "aria-label": "Position in the recording", "aria-valuemin": 0 },
      this.canvas, this.window,
    );
    const go = (event) => {
      const box = this.element.getBoundingClientRect();
      const { seconds } = paper.record;
      paper.goTo(((event.clientX - box.left) / box.width) * seconds - paper.sheet.shown / 2);
    };
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      go(event);
    });
    this.element.addEventListener("pointermove", (event) => { if (event.buttons & 1) go(event); });
  }

  draw(state) {
    const { record, sheet } = this.paper;
    this.element.hidden = sheet.shown >= record.seconds - 1e-6;
    if (this.element.hidden) return;
    const width = this.element.clientWidth;
    this.#band(state.lead, width);
    this.window.style.left = `${(100 * state.start) / record.seconds}%`;
    this.window.style.width = `max(3px, ${(100 * sheet.shown) / record.seconds}%)`;
    setAttribute(this.element, "aria-valuemax", Math.round(record.seconds - sheet.shown));
    setAttribute(this.element, "aria-valuenow", Math.round(state.start));
    setAttribute(this.element, "aria-valuetext", `From ${clock(state.start)} to ${clock(state.start + sheet.shown)} of ${clock(record.seconds)}`);
  }

  // Least and most of every column of pixels, found once for a lead and a width.
  #band(lead, width) {
    const { record } = this.paper;
    const key = `${lead} ${width} ${window.devicePixelRatio} ${record.header.signal}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const { pen, density } = fitted(this.canvas, [width, HIGH_PX]);
    const columns = Math.min(Math.round(width * density), record.samples);
    const { least, most } = extremes(record.uv[lead], columns);
    const low = Float64Array.from(least.filter((value) => value !== GAP)).sort();
    const high = Float64Array.from(most.filter((value) => value !== GAP)).sort();
    const [bottom, top] = [low[Math.floor(ENDS[0] * low.length)] ?? 0, high[Math.floor(ENDS[1] * (high.length - 1))] ?? 1];
    const rise = (HIGH_PX - 8) / Math.max(1, top - bottom);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, width, HIGH_PX);
    for (let k = 0; k < columns; k++) {
      const x = (k * width) / columns;
      pen.fillStyle = most[k] === GAP ? "#d3d5da" : "#3d4552";
      if (most[k] === GAP) pen.fillRect(x, 0, width / columns + 0.3, HIGH_PX);
      else pen.fillRect(x, HIGH_PX - 4 - (most[k] - bottom) * rise, Math.max(0.6, width / columns), Math.max(1, (most[k] - least[k]) * rise));
    }
  }
}
