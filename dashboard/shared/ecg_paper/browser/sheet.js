// The sheet: grid, calibration pulses, leads and marks, drawn anew whenever something of it has changed.

import { make } from "../../browser/elements.js";
import { BEAT, FINE, NAME, PAPER, STRONG, TRACE } from "./ink.js";
import { arrange, pageWidth } from "./layout.js";
import { firstFrom, GAP } from "./record.js";
import { drawGaps, drawHalo, drawTrace, drawWaves } from "./trace.js";

const SHARPEST = 2; // pixels of the canvas for one of the page
const TALLEST = 0.8; // of the window
const LEAST_UNIT = 2.4; // pixels a millimetre below which nobody reads a trace
const LEAST_PX = 240;
const FINE_PX = 2.2; // pixels between lines below which a grid is a grey area
const RR_ROOM_MM = 11;

// Lines every 1 and 5 mm, through a given place.
export function drawGrid(pen, [width, height], unit, [x, y]) {
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, width, height);
  for (const [mm, colour, thick] of [[1, FINE, 1], [5, STRONG, 1]]) {
    const step = mm * unit;
    if (step < FINE_PX) continue;
    pen.fillStyle = colour;
    for (let at = ((x % step) + step) % step; at < width; at += step) pen.fillRect(Math.round(at), 0, thick, height);
    for (let at = ((y % step) + step) % step; at < height; at += step) pen.fillRect(0, Math.round(at), width, thick);
  }
}

export function fontOf(unit, mm, least, weight = 600) {
  return `${weight} ${Math.max(least, Math.round(mm * unit))}px system-ui, sans-serif`;
}

// A text that is read over any trace.
export function write(pen, text, x, y) {
  pen.strokeStyle = PAPER;
  pen.lineWidth = 3.5;
  pen.lineJoin = "round";
  pen.strokeText(text, x, y);
  pen.fillText(text, x, y);
}

// The surface's own pixels for a canvas that fills it; returns its pen.
export function fitted(canvas, [width, height]) {
  const density = Math.min(SHARPEST, window.devicePixelRatio || 1);
  const [w, h] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const pen = canvas.getContext("2d", { alpha: false });
  pen.setTransform(density, 0, 0, density, 0, 0);
  return { pen, density };
}

export class Sheet {
  constructor(paper) {
    this.paper = paper;
    this.canvas = make("canvas");
    this.printed = make("p", { class: "printed" });
    this.surface = make("div", { class: "surface", tabindex: 0, role: "img", "aria-label": "Electrocardiogram on paper" }, this.canvas);
    this.element = make("div", { class: "sheet" }, this.surface, this.printed);
  }

  // Sizes of what is seen, and where rows and leads stand in it. The state's left, top and start are brought into range.
  place(state) {
    const { record } = this.paper;
    const width = this.element.clientWidth;
    const tallest = Math.max(LEAST_PX, TALLEST * window.innerHeight);
    const first = arrange(record, state, 0);
    const fit = Math.max(LEAST_UNIT, Math.min(width / pageWidth(25), tallest / first.height));
    const tall = Math.round(Math.max(LEAST_PX, Math.min(tallest, fit * first.height)));
    const unit = fit * state.zoom;
    const page = arrange(record, state, width / unit);
    const within = (value, most) => Math.max(0, Math.min(Math.max(0, most), value));
    state.left = within(state.left, page.width - width / unit);
    state.top = within(state.top, page.height - tall / unit);
    const shown = page.together ? page.seconds / 4 : page.seconds;
    state.start = within(state.start, record.seconds - shown);
    Object.assign(this, { width, tall, unit, page, shown, perSecond: state.speed * unit });
    this.origin = (page.margin - state.left) * unit;
    return this;
  }

  x(seconds, state) {
    return this.origin + (seconds - state.start) * this.perSecond;
  }

  y(row, mv, state) {
    return (this.page.rows[row].baseline - state.top - mv * state.gain) * this.unit;
  }

  draw(state) {
    this.place(state);
    const { width, tall, unit, page } = this;
    if (!width) return;
    this.surface.style.height = `${tall}px`;
    const key = JSON.stringify([width, tall, window.devicePixelRatio, this.paper.record.header.digest, { ...state, ends: 0, calipers: 0 }]);
    if (key === this.drawn) return;
    this.drawn = key;
    const { pen, density } = fitted(this.canvas, [width, tall]);
    this.density = density;
    drawGrid(pen, [width, tall], unit, [this.x(0, state), -state.top * unit]);
    const visible = page.rows.filter((row) => {
      const y = (row.baseline - state.top) * unit;
      return y > -2 * row.height * unit && y < tall + 2 * row.height * unit;
    });
    for (const row of visible) {
      this.#pulse(pen, row, state);
      for (const segment of row.segments) this.#lead(pen, row, segment, state);
    }
    for (const row of visible) for (const segment of row.segments) this.#label(pen, row, segment, state);
  }

  // Which samples of a segment are seen, and where they lie.
  #samples(row, segment, state) {
    const { record } = this.paper;
    const { unit, perSecond, width } = this;
    const x = this.origin + segment.from * perSecond;
    const begin = state.start + segment.from - segment.shift;
    const seen = [Math.max(0, -x / perSecond), Math.min(segment.until - segment.from, (width - x) / perSecond)];
    const first = Math.max(0, Math.ceil((begin + seen[0]) * record.rate - 1e-6));
    const last = Math.min(record.samples, Math.floor((begin + seen[1]) * record.rate + 1e-6) + 1);
    return {
      first, last, unit, x, begin, density: this.density, step: perSecond / record.rate,
      left: x + (first / record.rate - begin) * perSecond,
      baseline: (row.baseline - state.top) * unit,
      rise: (segment.sign * state.gain * unit) / 1000,
    };
  }

  #lead(pen, row, segment, state) {
    const { record } = this.paper;
    const values = this.paper.rowOf(segment.lead, state.filter);
    const place = this.#samples(row, segment, state);
    if (place.last <= place.first) return;
    pen.save();
    pen.beginPath();
    pen.rect(place.x, 0, (segment.until - segment.from) * this.perSecond, this.tall);
    pen.clip();
    drawGaps(pen, values, place);
    const { on, which, opacity } = state.overlay;
    const overlay = on && record.overlays[which];
    if (overlay) drawHalo(pen, values, overlay, overlay.values[segment.lead], place, opacity);
    drawTrace(pen, values, place);
    const points = record.fiducials[record.leads[segment.lead]];
    if (state.waves && points) drawWaves(pen, values, points, place, segment.sign);
    if (state.beats) this.#beats(pen, row, values, place);
    pen.restore();
  }

  // An arrow above each beat, and on a rhythm strip the milliseconds between two.
  #beats(pen, row, values, { first, last, left, step, baseline, unit }) {
    const { beats } = this.paper.record;
    const { rate } = this.paper.record;
    const y = baseline - 0.48 * row.height * unit;
    pen.fillStyle = BEAT;
    pen.font = fontOf(unit, 2.1, 10, 500);
    pen.textAlign = "center";
    for (let k = Math.max(0, firstFrom(beats, first) - 1); k < beats.length && beats[k] < last; k++) {
      const x = left + (beats[k] - first) * step;
      pen.beginPath();
      pen.moveTo(x - 0.8 * unit, y);
      pen.lineTo(x + 0.8 * unit, y);
      pen.lineTo(x, y + 1.5 * unit);
      pen.fill();
      const next = beats[k + 1];
      if (!row.rhythm || next === undefined || (next - beats[k]) * step < RR_ROOM_MM * unit) continue;
      if (!values.subarray(beats[k], next).includes(GAP)) {
        pen.fillText(`${Math.round(((next - beats[k]) * 1000) / rate)}`, x + ((next - beats[k]) * step) / 2, y + 1.7 * unit);
      }
    }
  }

  // 1 mV for 0.2 s; dashed where nobody knows what a millivolt is.
  #pulse(pen, row, state) {
    const { unit, origin } = this;
    const [y, high, wide] = [(row.baseline - state.top) * unit, state.gain * unit, 0.2 * this.perSecond];
    const x = origin - 2.5 * unit - wide;
    pen.beginPath();
    pen.moveTo(x - 1.5 * unit, y);
    for (const [dx, dy] of [[0, 0], [0, high], [wide, high], [wide, 0], [wide + 1.5 * unit, 0]]) pen.lineTo(x + dx, y - dy);
    pen.strokeStyle = TRACE;
    pen.lineWidth = Math.max(1, 0.26 * unit);
    pen.setLineDash(this.paper.record.header.calibrated ? [] : [3, 3]);
    pen.stroke();
    pen.setLineDash([]);
  }

  #label(pen, row, segment, state) {
    const { header, leads } = this.paper.record;
    const { unit } = this;
    const x = this.origin + segment.from * this.perSecond;
    const y = (row.baseline - state.top) * unit;
    if (segment.from > 0) {
      pen.fillStyle = NAME;
      for (const side of [-1, 1]) pen.fillRect(Math.round(x), y + side * 4.5 * unit - 1.5 * unit, 1, 3 * unit);
    }
    pen.fillStyle = NAME;
    pen.textAlign = "left";
    pen.font = fontOf(unit, 3, 12, 700);
    const name = segment.name.startsWith("\u2212") ? segment.name : header.shown_leads[segment.lead];
    const top = y - Math.min(0.36 * row.height, 9) * unit;
    write(pen, name, x + 1.2 * unit, top);
    if (!header.derived.includes(leads[segment.lead])) return;
    const after = pen.measureText(`${name} `).width;
    pen.font = fontOf(unit, 2.1, 10, 500);
    write(pen, "derived", x + 1.2 * unit + after, top);
  }
}
