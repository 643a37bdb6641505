// What pointer, wheel and keys do on the paper.

import { GAINS, SPEEDS } from "./toolbar.js";
import { layoutsOf } from "./layout.js";

const ARROW_MM = 5; // one large square
const WHEEL_PX = [1, 40, 400]; // of a unit of the wheel: pixels, lines, pages

const next = (values, value) => values[(values.indexOf(value) + 1) % values.length];

export function keyboard(paper) {
  const page = (sign) => paper.goTo(paper.state.start + sign * paper.sheet.shown);
  const actions = {
    ArrowLeft: () => paper.pan(-ARROW_MM, 0), ArrowRight: () => paper.pan(ARROW_MM, 0),
    ArrowUp: () => paper.pan(0, -ARROW_MM), ArrowDown: () => paper.pan(0, ARROW_MM),
    PageUp: () => page(-1), PageDown: () => page(1), Home: () => paper.goTo(0), End: () => paper.goTo(Infinity),
    "+": () => paper.zoom(1.25), "=": () => paper.zoom(1.25), "-": () => paper.zoom(0.8), 0: () => paper.fit(),
    s: () => paper.change({ speed: next(SPEEDS, paper.state.speed) }), g: () => paper.change({ gain: next(GAINS, paper.state.gain) }),
    l: () => paper.changeLayout({ layout: next(layoutsOf(paper.record.leads), paper.state.layout) }),
    a: () => paper.toggle("cabrera"), f: () => paper.toggle("filter"), c: () => paper.toggle("calipers"),
    b: () => paper.toggle("beats"), w: () => paper.toggle("waves"), m: () => paper.toggle("median"), o: () => paper.toggleOverlay(),
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

// Listen on the paper. Listeners end with its element.
export function pointing(paper) {
  const { surface } = paper.sheet;
  let before = null;
  surface.addEventListener("pointerdown", (event) => {
    surface.focus({ preventScroll: true });
    event.preventDefault();
    surface.setPointerCapture(event.pointerId);
    before = [event.clientX, event.clientY];
  });
  surface.addEventListener("pointermove", (event) => {
    if (!before || !event.buttons) return;
    const { unit } = paper.sheet;
    paper.pan((before[0] - event.clientX) / unit, (before[1] - event.clientY) / unit);
    before = [event.clientX, event.clientY];
  });
  for (const end of ["pointerup", "pointercancel"]) surface.addEventListener(end, () => { before = null; });
  surface.addEventListener("dblclick", () => paper.fit());
  surface.addEventListener("wheel", (event) => {
    const { unit } = paper.sheet;
    const [dx, dy] = [event.deltaX, event.deltaY].map((delta) => delta * WHEEL_PX[event.deltaMode]);
    const focused = surface.getRootNode().activeElement === surface;
    if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) paper.pan((event.shiftKey ? dx || dy : dx) / unit, 0);
    else if (event.ctrlKey || focused) {
      const box = surface.getBoundingClientRect();
      paper.zoom(Math.exp(-Math.max(-100, Math.min(100, dy)) / 450), [event.clientX - box.left, event.clientY - box.top]);
    } else return; // the page scrolls until somebody has clicked on the paper
    event.preventDefault();
  }, { passive: false });
}
