// What pointer, wheel and keys do on the images.

import { draggedWindow } from "./window.js";

const CLICK_PX = 4; // a pointer that moved less has clicked
const WHEEL_STEP_PX = 40; // of scrolling that make up a slice; a notch of a wheel has at least as much
const ZOOM_STEP = 1.25;
const ZOOMS = [0.5, 20];
const PAGE = 10; // slices of a PageUp

const within = (value, [least, most]) => Math.min(most, Math.max(least, value));

// Change the zoom of a view so that the place `at`, from the pane's centre, stays where it is.
export function zoomed(view, factor, at = [0, 0]) {
  const zoom = within(view.zoom * factor, ZOOMS);
  const real = zoom / view.zoom;
  return { ...view, zoom, pan: view.pan.map((pan, k) => at[k] - (at[k] - pan) * real) };
}

export function keyboard(viewer) {
  const actions = {
    ArrowUp: () => viewer.step(-1), ArrowLeft: () => viewer.step(-1),
    ArrowDown: () => viewer.step(1), ArrowRight: () => viewer.step(1),
    PageUp: () => viewer.step(-PAGE), PageDown: () => viewer.step(PAGE),
    Home: () => viewer.step(-Infinity), End: () => viewer.step(Infinity),
    "+": () => viewer.zoom(ZOOM_STEP), "=": () => viewer.zoom(ZOOM_STEP), "-": () => viewer.zoom(1 / ZOOM_STEP),
    0: () => viewer.reset(), i: () => viewer.invert(), t: () => viewer.turn(), m: () => viewer.mirror(),
    o: () => viewer.toggleOverlay(), p: () => viewer.togglePlanes(), w: () => viewer.nextPreset(),
  };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const from = event.composedPath()[0];
    // A list and a slider have keys of their own; letters on a slider are ours.
    if (from.tagName === "SELECT" || (from.tagName === "INPUT" && event.key.length > 1)) return;
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || (event.key.length > 1 && from.tagName === "BUTTON")) return;
    event.preventDefault();
    // Streamlit has keys of its own for the whole page.
    event.stopPropagation();
    action();
  };
}

function toolOf(event, viewer) {
  const { tool } = viewer.state;
  if (event.button === 1 || event.shiftKey) return "move";
  if (event.button === 2) return tool === "contrast" ? "move" : "contrast";
  return tool;
}

// Listen on a pane. Listeners end with the pane's element.
export function pointing(viewer, pane) {
  const { surface } = pane;
  const pointers = new Map();
  let drag = null, travelled = 0, scrolled = 0;

  const place = (event) => {
    const box = surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const fromCentre = ([x, y]) => [x - pane.size[0] / 2, y - pane.size[1] / 2];
  const pinch = () => {
    const [a, b] = [...pointers.values()];
    return { middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], length: Math.hypot(a[0] - b[0], a[1] - b[1]) || 1 };
  };
  const pan = (view, dx, dy) => ({ ...view, pan: [view.pan[0] + dx, view.pan[1] + dy] });

  const down = (event) => {
    surface.focus({ preventScroll: true });
    event.preventDefault();
    surface.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    viewer.activate(pane.name);
    travelled = pointers.size > 1 ? Infinity : 0;
    drag = pointers.size > 1 ? pinch() : { tool: toolOf(event, viewer), primary: event.button === 0, shifted: event.shiftKey };
    if (drag.tool === "cross") viewer.pointAt(pane, place(event));
  };

  const move = (event) => {
    const now = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      viewer.hover(pane, now);
      return;
    }
    pointers.set(event.pointerId, now);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    if (pointers.size > 1) {
      const next = pinch();
      viewer.look(pane.name, (view) => {
        const moved = pan(view, next.middle[0] - drag.middle[0], next.middle[1] - drag.middle[1]);
        return zoomed(moved, next.length / drag.length, fromCentre(next.middle));
      });
      drag = next;
      return;
    }
    travelled += Math.abs(dx) + Math.abs(dy);
    if (drag.tool === "cross") viewer.pointAt(pane, now);
    else if (drag.tool === "move") viewer.look(pane.name, (view) => pan(view, dx, dy));
    else if (viewer.state.window) viewer.setWindow(draggedWindow(viewer.state.window, dx, dy, viewer.presets.usual), "own");
    viewer.hover(pane, now);
  };

  const up = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    const clicked = event.type === "pointerup" && travelled < CLICK_PX && drag.primary && !drag.shifted;
    if (clicked) viewer.pointAt(pane, place(event));
    // The finger that stays after a pinch goes on as one that drags.
    drag = pointers.size ? { tool: "move" } : null;
  };

  const wheel = (event) => {
    if (event.ctrlKey) {
      event.preventDefault();
      const factor = Math.exp(-within(event.deltaY, [-50, 50]) / 150);
      viewer.look(pane.name, (view) => zoomed(view, factor, fromCentre(place(event))));
      return;
    }
    if (pane.plane.count < 2) return; // the page scrolls
    event.preventDefault();
    viewer.activate(pane.name);
    const pixels = event.deltaY * [1, WHEEL_STEP_PX, 10 * WHEEL_STEP_PX][event.deltaMode];
    scrolled = Math.sign(pixels) === Math.sign(scrolled) ? scrolled + pixels : pixels;
    const steps = Math.trunc(scrolled / WHEEL_STEP_PX);
    scrolled -= steps * WHEEL_STEP_PX;
    // One notch is one slice, whatever the system makes of it; a touchpad's small steps add up.
    if (steps) viewer.step(Math.abs(pixels) >= WHEEL_STEP_PX ? Math.sign(steps) : steps);
  };

  surface.addEventListener("pointerdown", down);
  surface.addEventListener("pointermove", move);
  surface.addEventListener("pointerup", up);
  surface.addEventListener("pointercancel", up);
  surface.addEventListener("pointerleave", () => viewer.hover(null));
  surface.addEventListener("wheel", wheel, { passive: false });
  surface.addEventListener("dblclick", () => viewer.reset());
  surface.addEventListener("contextmenu", (event) => event.preventDefault());
  surface.addEventListener("focus", () => viewer.activate(pane.name));
}
