// Bytes to a recording: the layout is documented in encoding.py, which writes it.

import { bodyOf, readHeader } from "../../browser/bytes.js";

export const GAP = -32768;

export function decode(data) {
  const header = readHeader(data);
  const body = bodyOf(data);
  let offset = 0;
  const take = (Kind, length) => {
    const values = new Kind(body, offset, length);
    offset = 4 * Math.ceil((offset + values.byteLength) / 4);
    return values;
  };
  const rows = (Kind, count) => {
    const values = take(Kind, header.leads.length * count);
    return header.leads.map((_, k) => values.subarray(k * count, (k + 1) * count));
  };
  const { samples, rate_hz: rate } = header;
  const uv = rows(Int16Array, samples);
  const beats = take(Int32Array, header.beats || 0);
  const fiducials = {};
  for (const [lead, counts] of Object.entries(header.fiducials)) {
    fiducials[lead] = {};
    for (const [name, count] of Object.entries(counts)) fiducials[lead][name] = take(Int32Array, count);
  }
  const median = header.median && { ...header.median, uv: rows(Int16Array, header.median.samples) };
  const overlays = header.overlays.map((overlay, id) => ({
    ...overlay, id, values: rows(Uint8Array, samples), medianValues: overlay.of_median ? rows(Uint8Array, median.samples) : null,
  }));
  const gaps = uv.some((row) => row.includes(GAP));
  return { header, leads: header.leads, samples, rate, seconds: samples / rate, uv, beats, fiducials, median, overlays, gaps };
}

// The first place in ascending numbers that is not below a value.
export function firstFrom(numbers, value) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Least and most of each of `columns` equal parts of a row of samples; GAP where a part holds nothing else.
export function extremes(row, columns) {
  const least = new Int16Array(columns), most = new Int16Array(columns);
  for (let k = 0; k < columns; k++) {
    const end = Math.max(Math.floor(((k + 1) * row.length) / columns), Math.floor((k * row.length) / columns) + 1);
    let [low, high] = [32767, GAP];
    for (let place = Math.floor((k * row.length) / columns); place < end; place++) {
      const value = row[place];
      if (value === GAP) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    [least[k], most[k]] = high === GAP ? [GAP, GAP] : [low, high];
  }
  return { least, most };
}
