// The band-pass that can be switched on: Butterworth of the second order at each end, forwards and backwards, so that no
// wave is shifted. -3 dB lie at the ends of the band after both passes.

import { GAP } from "./record.js";

export const BAND_HZ = [0.5, 40];
const PASSES = 2;
const CORRECTION = (2 ** (1 / PASSES) - 1) ** 0.25; // Winter (2009), Biomechanics and Motor Control, on the warped frequency
const PADDING_S = 2; // turned over at both ends, as long as the slowest transient needs
const NEAREST = 0.98; // of half the rate: a band that ends beyond ends nowhere

// b0, b1, b2, a1, a2 of a section by the bilinear transform.
function section(hz, rate, high) {
  const w = Math.tan((Math.PI * hz) / rate) * (high ? CORRECTION : 1 / CORRECTION);
  const scale = 1 / (1 + Math.SQRT2 * w + w * w);
  const [b0, b1] = high ? [scale, -2 * scale] : [w * w * scale, 2 * w * w * scale];
  return [b0, b1, b0, 2 * (w * w - 1) * scale, (1 - Math.SQRT2 * w + w * w) * scale];
}

export function sections(rate) {
  const [low, high] = BAND_HZ;
  const found = [section(low, rate, true)];
  if (high < (NEAREST * rate) / 2) found.push(section(high, rate, false));
  return found;
}

export function bandText(rate) {
  return sections(rate).length > 1 ? `${BAND_HZ[0]}–${BAND_HZ[1]} Hz` : `from ${BAND_HZ[0]} Hz`;
}

// One section, over numbers as they stand; it begins as if the first had been there for ever.
function run([b0, b1, b2, a1, a2], numbers) {
  const first = numbers[0];
  const gain = (b0 + b1 + b2) / (1 + a1 + a2);
  let [one, two] = [first * (gain - b0), first * (b2 - a2 * gain)];
  for (let k = 0; k < numbers.length; k++) {
    const x = numbers[k];
    const y = b0 * x + one;
    one = b1 * x - a1 * y + two;
    two = b2 * x - a2 * y;
    numbers[k] = y;
  }
}

function filtered(numbers, rate) {
  const n = numbers.length;
  const pad = Math.min(n - 1, Math.round(PADDING_S * rate));
  const long = new Float64Array(n + 2 * pad);
  long.set(numbers, pad);
  for (let k = 1; k <= pad; k++) {
    long[pad - k] = 2 * numbers[0] - numbers[k];
    long[pad + n - 1 + k] = 2 * numbers[n - 1] - numbers[n - 1 - k];
  }
  for (let pass = 0; pass < PASSES; pass++) {
    for (const one of sections(rate)) run(one, long);
    long.reverse();
  }
  return long.subarray(pad, pad + n);
}

// Filter a row of samples; gaps stay gaps, and nothing is carried across one.
export function bandPassed(row, rate) {
  const out = new Int16Array(row.length).fill(GAP);
  for (let from = 0; from < row.length;) {
    if (row[from] === GAP) { from++; continue; }
    const gap = row.indexOf(GAP, from);
    const to = gap < 0 ? row.length : gap;
    const values = filtered(Float64Array.from(row.subarray(from, to)), rate);
    for (let k = from; k < to; k++) out[k] = Math.max(-32767, Math.min(32767, Math.round(values[k - from])));
    from = to;
  }
  return out;
}
