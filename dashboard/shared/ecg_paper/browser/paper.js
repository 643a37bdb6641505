// An electrocardiogram as on paper. Everything happens here, without the server.

import { make, setText } from "../../browser/elements.js";
import { Calipers } from "./calipers.js";
import { bandPassed } from "./filter.js";
import { layoutsOf } from "./layout.js";
import { Legend } from "./legend.js";
import { MedianPanel } from "./median.js";
import { Overview } from "./overview.js";
import { keyboard, pointing } from "./pointing.js";
import { Sheet } from "./sheet.js";
import { description, printedText } from "./spoken.js";
import { Toolbar } from "./toolbar.js";

const ZOOMS = [0.5, 8];

export class Paper {
  constructor(place, record, state) {
    this.place = place;
    this.record = record;
    this.state = state || this.#first();
    this.filtered = new Map();
    this.sheet = new Sheet(this);
    this.median = new MedianPanel(this);
    this.overview = new Overview(this);
    this.calipers = new Calipers(this);
    this.legend = new Legend(this);
    this.toolbar = new Toolbar(this);
    this.sheet.surface.after(this.calipers.element);
    this.words = make("p", { class: "spoken", id: "paper-words" });
    this.sheet.surface.setAttribute("aria-describedby", "paper-words");
    this.caption = make("p", { class: "caption" });
    const root = make(
      "div", { class: "paper q-part", role: "group", "aria-label": "ECG paper" },
      this.toolbar.element, this.legend.element, make("div", { class: "stage" }, this.sheet.element, this.median.element),
      this.overview.element, this.caption, this.words,
    );
    root.addEventListener("keydown", keyboard(this));
    pointing(this);
    place.replaceChildren(root);
    this.observer = new ResizeObserver(() => this.#draw());
    this.observer.observe(this.sheet.element);
    this.observer.observe(this.median.picture);
    this.resized = () => this.schedule();
    window.addEventListener("resize", this.resized);
    this.adopt(record);
  }

  // How a recording is looked at before anybody has touched it.
  #first() {
    const lead = Math.max(0, this.record.leads.indexOf("II"));
    return {
      layout: layoutsOf(this.record.leads)[0], lead, cabrera: false, speed: 25, gain: 10, filter: false, calipers: false,
      ends: null, beats: false, waves: false, median: false, overlay: { on: false, which: 0, opacity: 0.6 },
      zoom: 1, left: 0, top: 0, start: 0,
    };
  }

  // Show the same samples with other marks, overlays or captions; nothing about the view changes.
  adopt(record) {
    this.record = record;
    const { overlay } = this.state;
    if (overlay.which >= record.overlays.length) overlay.which = 0;
    overlay.on = overlay.on && record.overlays.length > 0;
    this.toolbar.adopt(record);
    this.legend.adopt(record);
    setText(this.caption, record.header.caption);
    this.caption.hidden = !record.header.caption;
    this.schedule();
  }

  // The samples of a lead as they are drawn.
  rowOf(lead, filter) {
    if (!filter) return this.record.uv[lead];
    if (!this.filtered.has(lead)) this.filtered.set(lead, bandPassed(this.record.uv[lead], this.record.rate));
    return this.filtered.get(lead);
  }

  change(part) {
    Object.assign(this.state, part);
    this.schedule();
  }

  changeOverlay(part) {
    this.change({ overlay: { ...this.state.overlay, ...part } });
  }

  changeLayout(part) {
    this.change({ ...part, top: 0, left: 0, ends: null });
  }

  toggle(name) {
    if (this.toolbar.switches[name].hidden || this.toolbar.switches[name].disabled) return;
    this.change({ [name]: !this.state[name], ...(name === "calipers" ? { ends: null } : {}) });
  }

  toggleOverlay() {
    if (this.record.overlays.length) this.changeOverlay({ on: !this.state.overlay.on });
  }

  goTo(start) {
    this.change({ start: Math.min(start, this.record.seconds) });
  }

  // Move what is seen by millimetres: to the end of the page first, then through time.
  pan(across, down) {
    const { state, sheet } = this;
    const left = Math.max(0, Math.min(Math.max(0, sheet.page.width - sheet.width / sheet.unit), state.left + across));
    const rest = state.left + across - left;
    this.change({ left, top: state.top + down, start: state.start + rest / state.speed });
  }

  // Zoom so that a place of the surface stays where it is.
  zoom(factor, at = [0, 0]) {
    const { state, sheet } = this;
    const zoom = Math.min(ZOOMS[1], Math.max(ZOOMS[0], state.zoom * factor));
    const moved = at.map((place) => place / sheet.unit - place / (sheet.unit * (zoom / state.zoom)));
    this.change({ zoom });
    sheet.place(state);
    this.pan(...moved);
  }

  fit() {
    this.change({ zoom: 1, left: 0, top: 0 });
  }

  schedule() {
    this.frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    const { state, record, sheet } = this;
    this.toolbar.update(state);
    this.legend.update(state, record);
    sheet.draw(state);
    if (!sheet.width) return;
    if (state.calipers && !state.ends) state.ends = this.calipers.begin(state);
    this.calipers.draw(state);
    this.median.draw(state, this.#order());
    this.overview.draw(state);
    setText(sheet.printed, printedText(record, state, sheet));
    setText(this.words, description(record, state, sheet));
  }

  // The leads in the order of the layout, each once.
  #order() {
    const { rows } = this.sheet.page;
    const columns = rows[0].segments.length;
    const found = [];
    for (let c = 0; c < columns; c++) for (const { segments } of rows) if (segments[c]) found.push(segments[c]);
    return found.filter(({ name }, k) => found.findIndex((other) => other.name === name) === k);
  }

  close() {
    this.observer.disconnect();
    window.removeEventListener("resize", this.resized);
    cancelAnimationFrame(this.frame);
  }
}
