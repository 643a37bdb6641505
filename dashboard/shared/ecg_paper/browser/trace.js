// One lead on the paper: its trace, the halo of an overlay behind it, and the marks of its waves.

import { NOTHING, overlayInk, strengthOf, TRACE, WAVES } from "./ink.js";
import { firstFrom, GAP } from "./record.js";

const DENSE = 2; // samples in a pixel from which on least and most of them are drawn
const HALO_MM = 3.2;
const LEVELS = 12; // of an overlay that are told apart
const LEAST = 0.06; // share of the strongest below which an overlay is not drawn

// Where samples lie: x = left + (sample - first) * step, y = baseline - µV * rise; in pixels of the page.
export function drawTrace(pen, row, place) {
  const { first, last, left, step, baseline, rise, unit } = place;
  pen.beginPath();
  const perPixel = 1 / (step * place.density);
  if (perPixel > DENSE) columns(pen, row, place, perPixel);
  else {
    let down = false;
    for (let k = first; k < last; k++) {
      const value = row[k];
      if (value === GAP) { down = false; continue; }
      const x = left + (k - first) * step;
      if (down) pen.lineTo(x, baseline - value * rise);
      else pen.moveTo(x, baseline - value * rise);
      down = true;
    }
  }
  pen.strokeStyle = TRACE;
  pen.lineWidth = Math.max(1, 0.26 * unit);
  pen.lineJoin = "round";
  pen.stroke();
}

// A stroke from the least to the most for each column of pixels, joined to its neighbour.
function columns(pen, row, { first, last, left, baseline, rise, density }, perPixel) {
  const count = Math.ceil((last - first) / perPixel);
  let down = false;
  for (let c = 0; c < count; c++) {
    const from = first + Math.floor(c * perPixel), until = Math.min(last, first + Math.floor((c + 1) * perPixel));
    let [low, high, lowAt, highAt] = [32767, GAP, 0, 0];
    for (let k = from; k < until; k++) {
      const value = row[k];
      if (value === GAP) continue;
      if (value < low) [low, lowAt] = [value, k];
      if (value > high) [high, highAt] = [value, k];
    }
    if (high === GAP) { down = false; continue; }
    const x = left + c / density;
    const [one, two] = lowAt < highAt ? [low, high] : [high, low];
    if (down) pen.lineTo(x, baseline - one * rise);
    else pen.moveTo(x, baseline - one * rise);
    pen.lineTo(x, baseline - two * rise + (one === two ? 0.01 : 0));
    down = true;
  }
}

// A pale band where nothing was recorded.
export function drawGaps(pen, row, { first, last, left, step, baseline, unit }) {
  pen.fillStyle = NOTHING;
  for (let k = row.indexOf(GAP, first); k >= 0 && k < last;) {
    let end = k;
    while (end < last && row[end] === GAP) end++;
    pen.fillRect(left + (k - first) * step, baseline - 4 * unit, Math.max(1, (end - k) * step), 8 * unit);
    k = row.indexOf(GAP, end);
  }
}

// An overlay as a halo along the trace, in a few colours, each of them one stroke.
export function drawHalo(pen, row, overlay, values, place, opacity) {
  const { first, last, left, step, baseline, rise, unit, density } = place;
  const every = Math.max(1, Math.floor(1 / (step * density)));
  const paths = new Map();
  let before = null;
  for (let k = first; k < last; k += every) {
    const value = row[k];
    const point = value === GAP ? null : [left + (k - first) * step, baseline - value * rise];
    const says = strengthOf(values[k], overlay.signed);
    if (point && before && says >= LEAST) {
      const side = overlay.signed && values[k] < 128 ? -1 : 1;
      const level = side * Math.ceil(says * LEVELS);
      if (!paths.has(level)) paths.set(level, new Path2D());
      paths.get(level).moveTo(...before);
      paths.get(level).lineTo(...point);
    }
    before = point;
  }
  pen.lineWidth = HALO_MM * unit;
  pen.lineCap = "round";
  for (const [level, path] of [...paths].sort(([a], [b]) => Math.abs(a) - Math.abs(b))) {
    const share = Math.abs(level) / LEVELS;
    const value = overlay.signed ? 128 + Math.sign(level) * share * 127 : share * 255;
    pen.globalAlpha = opacity * (0.35 + 0.65 * share);
    pen.strokeStyle = overlayInk(value, overlay.signed);
    pen.stroke(path);
  }
  pen.globalAlpha = 1;
  pen.lineCap = "butt";
}

// Beginning, peak and end of the waves between two samples: ticks on the trace, and a letter at the peak.
export function drawWaves(pen, row, points, place, sign) {
  const { first, last, left, step, baseline, rise, unit } = place;
  pen.font = `600 ${Math.max(10, Math.round(2.3 * unit))}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.lineWidth = Math.max(1.2, 0.3 * unit);
  for (const [name, samples] of Object.entries(points)) {
    const [letters, end] = name.split("_");
    const wave = letters === "R" ? "QRS" : letters;
    pen.strokeStyle = pen.fillStyle = WAVES[wave];
    for (let k = firstFrom(samples, first); k < samples.length && samples[k] < last; k++) {
      const value = row[Math.round(samples[k])];
      if (value === GAP) continue;
      const [x, y] = [left + (samples[k] - first) * step, baseline - value * rise];
      if (end === "peak") {
        const above = value * sign >= 0 || letters !== "R" ? -1 : 1;
        pen.beginPath();
        pen.arc(x, y, Math.max(1.6, 0.5 * unit), 0, 2 * Math.PI);
        pen.fill();
        pen.fillText(letters, x, y + (above < 0 ? -1.6 * unit : 3.6 * unit));
      } else {
        pen.beginPath();
        pen.moveTo(x, y - 1.8 * unit);
        pen.lineTo(x, y + 1.8 * unit);
        pen.stroke();
      }
    }
  }
}
