// Two points that are dragged, and what lies between them: milliseconds, beats a minute, millivolts.

import { make, setAttribute, setText } from "../../browser/elements.js";

const KEY_S = 0.004; // of an arrow key; ten times with shift
const KEY_MV = 0.02;
const HANDLES = { 0: "First caliper", 1: "Second caliper", both: "Both calipers" };

const minus = (text) => text.replace("-", "\u2212");

// The difference of two points { t, mv } in words.
export function between([one, other], calibrated) {
  const ms = Math.abs(other.t - one.t) * 1000;
  const rate = ms >= 20 ? ` · ${Math.round(60000 / ms)} beats/min` : "";
  const later = other.t >= one.t ? 1 : -1;
  const mv = minus((later * (other.mv - one.mv)).toFixed(2));
  return `${Math.round(ms)} ms${rate} · ${mv} mV${calibrated ? "" : " (not calibrated)"}`;
}

export class Calipers {
  constructor(paper) {
    this.paper = paper;
    this.lines = [0, 1].map(() => make("div", { class: "caliper-line" }));
    this.levels = [0, 1].map(() => make("div", { class: "caliper-level" }));
    this.readout = make("output", { class: "readout", "aria-live": "off" });
    this.handles = {};
    for (const [which, name] of Object.entries(HANDLES)) {
      const handle = make("div", { class: `handle ${which === "both" ? "both" : ""}`, role: "slider", tabindex: 0, "aria-label": name, title: `${name}: drag, or arrow keys` });
      this.#dragged(handle, which);
      handle.addEventListener("keydown", (event) => this.#key(event, which));
      this.handles[which] = handle;
    }
    this.element = make("div", { class: "calipers" }, ...this.lines, ...this.levels, ...Object.values(this.handles), this.readout);
  }

  // Two points a second apart in the middle of what is seen.
  begin(state) {
    const { sheet } = this.paper;
    const seconds = Math.min(sheet.shown, sheet.width / sheet.perSecond);
    const middle = state.start + Math.max(0, state.left - sheet.page.margin) / state.speed + seconds / 2;
    const rows = sheet.page.rows.map((_, k) => k).filter((k) => {
      const y = sheet.y(k, 0, state);
      return y > 0 && y < sheet.tall;
    });
    const row = rows.length ? rows[rows.length - 1] : 0;
    const half = Math.min(0.5, seconds / 6);
    return [{ t: middle - half, mv: 0, row }, { t: middle + half, mv: 0.5, row }];
  }

  #move(which, seconds, mv) {
    const ends = this.paper.state.ends.map((end, k) =>
      (which === "both" || Number(which) === k ? { ...end, t: end.t + seconds, mv: end.mv + mv } : end));
    this.paper.change({ ends });
  }

  #dragged(handle, which) {
    let before = null;
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      event.stopPropagation();
      handle.focus({ preventScroll: true });
      handle.setPointerCapture(event.pointerId);
      before = [event.clientX, event.clientY];
    });
    handle.addEventListener("pointermove", (event) => {
      if (!before) return;
      const { sheet, state } = this.paper;
      this.#move(which, (event.clientX - before[0]) / sheet.perSecond, (before[1] - event.clientY) / (sheet.unit * state.gain));
      before = [event.clientX, event.clientY];
    });
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => { before = null; });
  }

  #key(event, which) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!steps || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const times = event.shiftKey ? 10 : 1;
    this.#move(which, steps[0] * KEY_S * times, steps[1] * KEY_MV * times);
  }

  draw(state) {
    this.element.hidden = !state.calipers;
    if (!state.calipers) return;
    const { sheet, record } = this.paper;
    const points = state.ends.map(({ t, mv, row }) => {
      const kept = Math.min(row, sheet.page.rows.length - 1);
      return [sheet.x(t, state), sheet.y(kept, mv, state)];
    });
    const set = (element, x, y) => { element.style.transform = `translate(${x.toFixed(2)}px, ${y.toFixed(2)}px)`; };
    const [[x1, y1], [x2, y2]] = points;
    const says = between(state.ends, record.header.calibrated);
    points.forEach(([x, y], k) => {
      set(this.lines[k], x, 0);
      set(this.levels[k], Math.min(x1, x2), y);
      this.levels[k].style.width = `${Math.abs(x2 - x1)}px`;
      set(this.handles[k], x, y);
    });
    set(this.handles.both, (x1 + x2) / 2, (y1 + y2) / 2);
    for (const [which, handle] of Object.entries(this.handles)) {
      const { t } = state.ends[which === "both" ? 0 : which];
      setAttribute(handle, "aria-valuenow", t.toFixed(3));
      setAttribute(handle, "aria-valuetext", says);
    }
    setText(this.readout, says);
    const wide = this.readout.offsetWidth;
    set(this.readout, Math.max(4, Math.min(sheet.width - wide - 4, (x1 + x2 - wide) / 2)), Math.max(4, Math.min(sheet.tall - 34, Math.min(y1, y2) - 46)));
  }
}
