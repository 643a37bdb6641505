// The median beat of each lead, beside or below the paper, on a grid of its own scale.

import { make } from "../../browser/elements.js";
import { NAME } from "./ink.js";
import { drawGrid, fitted, fontOf, write } from "./sheet.js";
import { drawHalo, drawTrace, drawWaves } from "./trace.js";

const CELL_MM = 24; // high
const SIDE_MM = 4; // free at both sides of a beat
const WIDE_PX = 620; // from which on there are six columns, else three

export class MedianPanel {
  constructor(paper) {
    this.paper = paper;
    this.canvas = make("canvas");
    this.printed = make("p", { class: "printed" });
    this.picture = make("div", { class: "picture", role: "img" }, this.canvas);
    this.element = make("div", { class: "median" }, make("h4", {}, "Median beat"), this.picture, this.printed);
  }

  draw(state, order) {
    const { record } = this.paper;
    const { median } = record;
    this.element.hidden = !median || !state.median;
    if (this.element.hidden) return;
    const width = this.picture.clientWidth;
    const columns = Math.min(order.length, width >= WIDE_PX ? 6 : 3);
    const cell = 2 * SIDE_MM + (median.samples / median.rate_hz) * state.speed;
    const unit = width / (columns * cell);
    const perColumn = Math.ceil(order.length / columns);
    const height = Math.round(perColumn * CELL_MM * unit);
    this.picture.style.height = `${height}px`;
    const { pen, density } = fitted(this.canvas, [width, height]);
    drawGrid(pen, [width, height], unit, [0, 0]);
    order.forEach(({ lead, sign, name }, k) => {
      const [x, y] = [Math.floor(k / perColumn) * cell * unit, ((k % perColumn) + 0.6) * CELL_MM * unit];
      const place = {
        first: 0, last: median.samples, left: x + SIDE_MM * unit, step: (state.speed * unit) / median.rate_hz,
        baseline: y, rise: (sign * state.gain * unit) / 1000, unit, density,
      };
      const row = median.uv[lead];
      const overlay = state.overlay.on && record.overlays[state.overlay.which];
      if (overlay && overlay.medianValues) drawHalo(pen, row, overlay, overlay.medianValues[lead], place, state.overlay.opacity);
      drawTrace(pen, row, place);
      const points = median.fiducials[record.leads[lead]];
      if (state.waves && points) {
        drawWaves(pen, row, Object.fromEntries(Object.entries(points).map(([point, at]) => [point, [at]])), place, sign);
      }
      pen.fillStyle = NAME;
      pen.textAlign = "left";
      pen.font = fontOf(unit, 3, 11, 700);
      write(pen, name, x + 1.2 * unit, y - 9 * unit);
    });
    this.picture.setAttribute("aria-label", `Median beat of ${order.map(({ name }) => name).join(", ")}`);
    this.printed.textContent = `${state.speed} mm/s · ${state.gain} mm/mV · as stored`;
  }
}
