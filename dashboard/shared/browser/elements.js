// Elements and icons. Text goes in as text, never as markup: captions and names come from files.

const SVG = "http://www.w3.org/2000/svg";
// Strokes in a square of 16.
const ICONS = {
  contrast: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 2v12M8 5h3.6M8 8h6M8 11h3.6",
  move: "M8 1.5v13M1.5 8h13M6 3.5l2-2 2 2M6 12.5l2 2 2-2M3.5 6l-2 2 2 2M12.5 6l2 2-2 2",
  cross: "M8 1.5v4M8 10.5v4M1.5 8h4M10.5 8h4M8 7.9v.2",
  in: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.6 3.6M7 5v4M5 7h4",
  out: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.6 3.6M5 7h4",
  enlarge: "M9.5 2h4.5v4.5M14 2L9 7M6.5 14H2V9.5M2 14l5-5",
  turn: "M13 8a5 5 0 1 1-1.6-3.7M13.2 1.8v3.2H10",
  mirror: "M8 1.5v13M6 4v8L1.5 12zM10 4v8l4.5 0z",
  invert: "M2.5 2.5h11v11h-11zM2.5 13.5l11-11M9 13.5l4.5-4.5M5.6 13.5l7.9-7.9",
  planes: "M2 2.5h7.5v11H2zM9.5 2.5H14v5H9.5zM9.5 7.5H14v6H9.5z",
  overlay: "M8 2l6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3",
  reset: "M3 8a5 5 0 1 0 1.6-3.7M2.8 1.8v3.2H6",
  keys: "M1.5 4h13v8.5h-13zM4 6.7h.1M6.6 6.7h.1M9.3 6.7h.1M12 6.7h.1M4.5 9.8h7",
  calipers: "M3 3v10M13 3v10M3 8h10M5 6L3 8l2 2M11 6l2 2-2 2",
  filter: "M1 9c1.2-6 2.3-6 3.5 0s2.3 6 3.5 0 2.3-6 3.5 0 2.3 6 3.5 0",
  beats: "M1 9h3l1.5-6 2 11 2-8 1 3h4.5",
  waves: "M1 11h2l1.2-2.5L5.4 11h1.2L8 2.5 9.3 13l.9-2h1l1.3-3 1.3 3H15",
  median: "M2 2.5h12v11H2zM3.5 9.5h2l1.5-5 1.8 7 1-2h2.7",
  order: "M8 14V3M8 3L5.5 5.5M8 3l2.5 2.5M8 14l5-5M8 14L3 9",
  explain: "M8 1.8a4.3 4.3 0 0 0-2.4 7.9v1.8h4.8V9.7A4.3 4.3 0 0 0 8 1.8zM6.2 14h3.6",
};

// make("button", { class: "a", "aria-label": "b", onclick: f }, "text", child)
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

export function icon(name) {
  const svg = draw("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" });
  svg.append(draw("path", { d: ICONS[name] }));
  return svg;
}

// A button of an icon and a word. The word may be hidden where there is no room; its name and tooltip stay.
export function button(name, word, tip, press, attributes = {}) {
  const label = make("span", { class: "word" }, word);
  return make("button", { type: "button", title: tip, "aria-label": word, onclick: press, ...attributes }, icon(name), label);
}

// Writing what is there already would cost a layout in every frame.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

// A slider from 0 to 1 that shows hundredths; `says` is where its percentage is written.
export function slider(word, tip, value, moved) {
  const input = make("input", {
    type: "range", min: 0, max: 100, step: 1, value: Math.round(100 * value), "aria-label": word, title: tip,
    oninput: () => moved(Number(input.value) / 100),
  });
  const says = make("output", { class: "number" });
  return { input, says, element: make("label", { class: "setting" }, make("span", {}, word), input, says) };
}
