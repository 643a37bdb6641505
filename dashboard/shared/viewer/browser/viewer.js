// A viewer of medical images: slices, three planes, window and level, zoom, overlays, a mark for every slice. Everything
// happens here, without the server, which is told one thing only: which slice somebody wants explained.

import { overlayAt, voxelAt } from "./decode.js";
import { button, make, setText } from "../../browser/elements.js";
import { keyboard, pointing, zoomed } from "./interaction.js";
import { Legend } from "./legend.js";
import { Painter } from "./paint.js";
import { Pane } from "./pane.js";
import { conventionalView, mirroredView, turned } from "./planes.js";
import { Strip } from "./strip.js";
import { Toolbar } from "./toolbar.js";
import { firstPreset, presetsOf, shortNumber } from "./window.js";

const ANNOUNCED_MS = 400; // a slice is read out once somebody stays at it
const AGAIN_MS = 700; // within which a second press on the button counts as the same
const NAMES = ["slices", "rows", "columns"];

export class Viewer {
  constructor(place, image, view) {
    this.place = place;
    this.image = image;
    this.presets = presetsOf(image);
    this.firstPreset = firstPreset(this.presets);
    this.state = view || this.#first();
    this.toolbar = new Toolbar(this);
    this.legend = new Legend(this);
    this.strip = new Strip(this);
    this.stage = make("div", { class: "stage" });
    this.spoken = make("div", { class: "spoken", role: "status", "aria-live": "polite" });
    this.caption = make("p", { class: "caption" });
    this.explain = button("explain", "", "", () => this.#askToExplain(), { class: "primary keeps-word" });
    const foot = make("div", { class: "foot" }, this.strip.element, this.explain);
    const root = make(
      "div", { class: "viewer q-part", role: "group", "aria-label": "Image viewer" },
      this.toolbar.element, this.legend.element, this.stage, foot, this.caption, this.spoken,
    );
    root.addEventListener("keydown", keyboard(this));
    this.panes = (image.header.planes ? NAMES : NAMES.slice(0, 1)).map((name) => new Pane(image, name));
    for (const pane of this.panes) {
      pointing(this, pane);
      const enlarge = button("enlarge", `Enlarge ${pane.title}`, "Make this plane the large one", () => this.enlarge(pane.name), { class: "enlarge" });
      pane.element.append(enlarge);
    }
    this.stage.append(...this.panes.map((pane) => pane.element));
    place.replaceChildren(root);
    this.observer = new ResizeObserver(() => {
      this.panes.forEach((pane) => pane.resize());
      // Drawn at once: a canvas of a new size is black until then, and would flash.
      this.#draw();
    });
    this.panes.forEach((pane) => this.observer.observe(pane.surface));
    this.adopt(image);
  }

  // How an image is looked at before anybody has touched it.
  #first() {
    const { shape, header } = this.image;
    return {
      layout: header.planes ? "planes" : "one",
      large: "slices", active: "slices",
      tool: this.image.channels > 1 ? "move" : "contrast",
      point: shape.map((size, axis) => (axis === 0 && header.start !== null ? header.start : Math.floor(size / 2))),
      ...this.#usual(), views: {},
      overlay: { on: false, which: 0, opacity: 0.5, threshold: 0.25 },
    };
  }

  #usual() {
    return { window: this.presets[this.firstPreset] || null, preset: this.firstPreset, inverted: false };
  }

  // Show the same voxels with other overlays, marks or captions; nothing about the view changes.
  adopt(image) {
    this.image = image;
    this.painter = new Painter(image);
    image.overlays.forEach((overlay, id) => { overlay.id = id; });
    for (const pane of this.panes) {
      pane.adopt(image);
      this.state.views[pane.name] ||= this.#firstView(pane);
    }
    const overlay = this.state.overlay;
    if (overlay.which >= image.overlays.length) overlay.which = 0;
    // Whoever has asked for an explanation wants to see it: it is the last overlay.
    if (this.asked && image.overlays.length) overlay.which = image.overlays.length - 1;
    overlay.on = image.overlays.length > 0 && (overlay.on || Boolean(this.asked));
    if (image.overlays.length) this.asked = false;
    this.toolbar.adopt(image, this.presets);
    this.legend.adopt(image);
    this.strip.adopt(image);
    const { caption, explain } = image.header;
    setText(this.caption, caption);
    this.caption.hidden = !caption;
    this.explain.hidden = !explain;
    setText(this.explain.querySelector(".word"), explain);
    this.explain.setAttribute("aria-label", explain);
    this.explain.title = explain;
    this.schedule();
  }

  #firstView(pane) {
    return { zoom: 1, pan: [0, 0], ...conventionalView(pane.plane) };
  }

  paneOf(name) {
    return this.panes.find((pane) => pane.name === name);
  }

  change(part) {
    Object.assign(this.state, part);
    this.schedule();
  }

  changeOverlay(part) {
    this.change({ overlay: { ...this.state.overlay, ...part } });
  }

  // Change how a plane is looked at.
  look(name, how) {
    this.change({ views: { ...this.state.views, [name]: how(this.state.views[name]) } });
  }

  setWindow(window, preset) {
    this.change({ window, preset });
  }

  usePreset(name) {
    if (this.presets[name]) this.setWindow(this.presets[name], name);
  }

  nextPreset() {
    const names = Object.keys(this.presets);
    if (names.length) this.usePreset(names[(names.indexOf(this.state.preset) + 1) % names.length]);
  }

  goTo(index, name = this.state.large) {
    const { axes, count } = this.paneOf(name).plane;
    const point = [...this.state.point];
    point[axes[0]] = Math.max(0, Math.min(count - 1, index));
    this.change({ point });
  }

  step(slices) {
    const pane = this.paneOf(this.state.active);
    this.goTo(pane.indexIn(this.state) + slices, pane.name);
  }

  pointAt(pane, place) {
    const voxel = this.state.layout === "planes" && pane.voxelUnder(place, this.state);
    if (voxel) this.change({ point: voxel });
  }

  activate(name) {
    if (this.state.active !== name) this.change({ active: name });
  }

  enlarge(name) {
    this.change({ large: name, active: name });
  }

  togglePlanes() {
    if (this.panes.length < 2) return;
    const layout = this.state.layout === "planes" ? "one" : "planes";
    this.change({ layout, active: this.state.large, tool: this.state.tool === "cross" ? "contrast" : this.state.tool });
  }

  toggleOverlay() {
    if (this.image.overlays.length) this.changeOverlay({ on: !this.state.overlay.on });
  }

  zoom(factor) { this.look(this.state.active, (view) => zoomed(view, factor)); }

  turn() { this.look(this.state.active, turned); }

  mirror() { this.look(this.state.active, mirroredView); }

  invert() { this.change({ inverted: !this.state.inverted }); }

  reset() {
    const views = Object.fromEntries(this.panes.map((pane) => [pane.name, this.#firstView(pane)]));
    this.change({ ...this.#usual(), views });
  }

  // What is under the cursor; nothing where the cursor is beside the images.
  hover(pane, place) {
    this.under = pane && { pane, place };
    this.schedule();
  }

  schedule() {
    this.frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    const { state, image } = this;
    const { on, which, opacity, threshold } = state.overlay;
    const colouring = this.painter.set({
      window: state.window || [0, 255], inverted: state.inverted,
      overlay: on ? image.overlays[which] : null, opacity, threshold,
    });
    const large = this.paneOf(state.large);
    this.#arrange(large);
    const mark = this.strip.markText(image, state.point[0]);
    for (const pane of this.panes) if (!pane.element.hidden) pane.draw(state, this.painter, colouring, mark);
    this.toolbar.update(state);
    this.toolbar.tools.cross.hidden = state.layout !== "planes";
    this.legend.update(state, image);
    this.strip.update(state, large, image);
    this.#keepFocus();
    this.#tellUnder();
    this.#announce();
  }

  // Keys go on working when the button or pane that had the focus is hidden or switched off.
  #keepFocus() {
    const { large, layout, overlay } = this.state;
    const arrangement = `${large} ${layout} ${overlay.on}`;
    if (arrangement === this.arrangement) return;
    this.arrangement = arrangement;
    const focused = this.place.getRootNode().activeElement;
    if (!focused || !this.place.contains(focused) || (!focused.disabled && focused.checkVisibility())) return;
    this.paneOf(this.state.active).surface.focus({ preventScroll: true });
  }

  #arrange(large) {
    this.stage.classList.toggle("three", this.state.layout === "planes");
    for (const pane of this.panes) {
      const shown = this.state.layout === "planes" || pane === large;
      if (pane.element.hidden === shown) pane.element.hidden = !shown;
      pane.element.classList.toggle("large", pane === large);
      pane.element.classList.toggle("active", this.panes.length > 1 && pane.name === this.state.active);
    }
  }

  #tellUnder() {
    for (const pane of this.panes) {
      const voxel = this.under && this.under.pane === pane ? pane.voxelUnder(this.under.place, this.state) : null;
      setText(pane.texts.under, voxel ? this.#valueText(voxel) : "");
    }
  }

  #valueText(voxel) {
    const value = voxelAt(this.image, voxel);
    const text = this.image.channels > 1 ? `R ${value[0]} G ${value[1]} B ${value[2]}` : shortNumber(value);
    const overlay = this.state.overlay.on && this.image.overlays[this.state.overlay.which];
    const says = overlay ? overlayAt(this.image, overlay, voxel) : null;
    return says === null ? text : `${text}\n${overlay.name} ${shortNumber(Math.round(100 * says))}\u00a0%`;
  }

  // For screen readers, of the slider or button that changed a slice while the images had not the focus.
  #announce() {
    const { plane, title } = this.paneOf(this.state.active);
    const text = plane.count > 1 ? `${title}, slice ${this.state.point[plane.axes[0]] + 1} of ${plane.count}` : "";
    if (text === this.said) return;
    this.said = text;
    clearTimeout(this.announcing);
    this.announcing = setTimeout(() => setText(this.spoken, text), ANNOUNCED_MS);
  }

  #askToExplain() {
    const now = performance.now();
    if (now - (this.askedAt ?? -Infinity) < AGAIN_MS) return;
    this.askedAt = now;
    this.asked = true;
    this.send("explain", { slice: this.state.point[0], digest: this.image.header.digest });
  }

  close() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.announcing);
  }
}
