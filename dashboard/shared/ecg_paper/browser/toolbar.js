// The row of controls above the paper.

import { button, make, setAttribute } from "../../browser/elements.js";
import { keyList } from "../../browser/keys.js";
import { bandText } from "./filter.js";
import { LAYOUTS, layoutsOf } from "./layout.js";

export const SPEEDS = [25, 50];
export const GAINS = [5, 10, 20];
const KEYS = [
  ["← →", "through time"],
  ["↑ ↓", "up and down"],
  ["Page ↑ ↓", "page by page"],
  ["Home, End", "beginning, end"],
  ["+ −, wheel after a click", "zoom (Ctrl + wheel: always)"],
  ["Shift + wheel", "through time"],
  ["S, G", "speed, gain"],
  ["L", "layout"],
  ["A", "Cabrera order"],
  ["F", "filter"],
  ["C", "calipers; Tab, arrows"],
  ["B, W, M", "beats, waves, median beat"],
  ["O", "overlay"],
  ["0 or double click", "fit"],
];

function choices(label, values, word, press) {
  const buttons = Object.fromEntries(values.map((value) => [value, make("button", { type: "button", onclick: () => press(value) }, word(value))]));
  return { buttons, element: make("div", { class: "joined", role: "group", "aria-label": label }, ...Object.values(buttons)) };
}

export class Toolbar {
  constructor(paper) {
    const { record } = paper;
    const select = (label, options, chosen) => make(
      "select", { "aria-label": label, title: label, onchange: (event) => chosen(event.target.value) },
      ...options.map(([value, word]) => make("option", { value }, word)),
    );
    this.layout = select("Layout", layoutsOf(record.leads).map((name) => [name, LAYOUTS[name].word]), (layout) => paper.changeLayout({ layout }));
    this.lead = select("Rhythm lead", record.header.shown_leads.map((name, k) => [k, name]), (lead) => paper.changeLayout({ lead: Number(lead) }));
    this.lead.hidden = record.leads.length < 2;
    this.speeds = choices("Speed", SPEEDS, (value) => `${value} mm/s`, (speed) => paper.change({ speed }));
    this.gains = choices("Gain", GAINS, (value) => (value === GAINS[GAINS.length - 1] ? `${value} mm/mV` : String(value)), (gain) => paper.change({ gain }));
    this.switches = {
      cabrera: button("order", "Cabrera", "Limb leads in the order of Cabrera, by axis, with −aVR (A)", () => paper.toggle("cabrera")),
      filter: button("filter", bandText(record.rate), "Band-pass without shift in time, computed here (F)", () => paper.toggle("filter"), { class: "keeps-word" }),
      calipers: button("calipers", "Calipers", "Measure time, rate and voltage (C)", () => paper.toggle("calipers")),
      beats: button("beats", "Beats", "Mark the beats, with the milliseconds between them on rhythm strips (B)", () => paper.toggle("beats")),
      waves: button("waves", "P-QRS-T", "Mark beginning, peak and end of the waves (W)", () => paper.toggle("waves")),
      median: button("median", "Median beat", "Show the median beat (M)", () => paper.toggle("median")),
    };
    this.overlay = button("overlay", "Overlay", "Show or hide the overlay (O)", () => paper.toggleOverlay(), { class: "keeps-word" });
    const zoom = make(
      "div", { class: "joined small", role: "group", "aria-label": "Zoom" },
      button("out", "Zoom out", "Zoom out (−)", () => paper.zoom(0.8)),
      button("in", "Zoom in", "Zoom in (+)", () => paper.zoom(1.25)),
      button("reset", "Fit", "Fit the page (0 or double click)", () => paper.fit()),
    );
    const { cabrera, filter, calipers, beats, waves, median } = this.switches;
    this.element = make(
      "div", { class: "toolbar", role: "toolbar", "aria-label": "ECG paper tools" },
      this.layout, this.lead, cabrera, this.speeds.element, this.gains.element, filter, zoom, calipers,
      beats, waves, median, this.overlay, keyList(KEYS),
    );
  }

  adopt(record) {
    this.switches.cabrera.hidden = !layoutsOf(record.leads).includes("3x4");
    this.switches.beats.hidden = !record.beats.length;
    this.switches.waves.hidden = !Object.keys(record.header.fiducials).length && !Object.keys(record.median?.fiducials || {}).length;
    this.switches.median.hidden = !record.median;
    this.overlay.hidden = !record.overlays.length;
  }

  update(state) {
    for (const [name, element] of Object.entries(this.switches)) setAttribute(element, "aria-pressed", state[name]);
    setAttribute(this.overlay, "aria-pressed", state.overlay.on);
    for (const [value, element] of Object.entries(this.speeds.buttons)) setAttribute(element, "aria-pressed", Number(value) === state.speed);
    for (const [value, element] of Object.entries(this.gains.buttons)) setAttribute(element, "aria-pressed", Number(value) === state.gain);
    this.layout.value = state.layout;
    this.lead.value = state.lead;
    this.switches.cabrera.disabled = ["one", "all"].includes(state.layout);
  }
}
