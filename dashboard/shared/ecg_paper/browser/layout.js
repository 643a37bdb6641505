// Which lead stands where on the paper, in millimetres from its upper left.

const LIMB_CHEST = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"];
const CABRERA_ORDER = ["aVL", "I", "-aVR", "II", "aVF", "III", "V1", "V2", "V3", "V4", "V5", "V6"];
const RHYTHMS = ["II", "V1", "V5"];
const PAGE_S = 10; // what a page of several columns holds
export const HEAD_MM = 6; // free above the first row
export const FOOT_MM = 11; // for what is printed below the last
export const LAYOUTS = {
  "3x4": { word: "3 × 4, 1 rhythm strip", columns: 4, rhythms: 1, row: 29 },
  "3x4+3": { word: "3 × 4, 3 rhythm strips", columns: 4, rhythms: 3, row: 24 },
  "6x2": { word: "6 × 2", columns: 2, rhythms: 0, row: 24 },
  "12x1": { word: "12 × 1", columns: 1, rhythms: 0, row: 15 },
  all: { word: "All leads", columns: 1, rhythms: 0, row: 22 },
  one: { word: "One lead", columns: 1, rhythms: 0, row: 42 },
};

// The layouts that suit a recording, the first of which is shown at first.
export function layoutsOf(leads) {
  const twelve = LIMB_CHEST.every((name) => leads.includes(name));
  const all = leads.length > 1 && (!twelve || leads.length > 12) ? ["all"] : [];
  return [...(twelve ? ["3x4", "3x4+3", "6x2", "12x1"] : []), ...all, "one"];
}

// A lead as it is drawn: "-aVR" is aVR turned over.
function traceOf(leads, name) {
  const turned = name === "-aVR";
  return { lead: leads.indexOf(turned ? "aVR" : name), sign: turned ? -1 : 1, name: name.replace("-", "\u2212") };
}

// Room before a row for the calibration pulse, which lasts 0.2 s.
export function marginOf(speed) {
  return 5 * Math.ceil((0.2 * speed + 5) / 5);
}

// Where everything stands: rows { baseline, height, segments: [{ lead, sign, name, from, until }] }, times in seconds from the
// left end of the page. `wide` is how many millimetres fit on the screen.
export function arrange(record, { layout, lead, cabrera, speed }, wide) {
  const { columns, rhythms, row } = LAYOUTS[layout];
  const { leads } = record;
  const margin = marginOf(speed);
  const seconds = columns > 1 ? PAGE_S : Math.max(1, (wide - margin - 3) / speed);
  const step = seconds / columns;
  // A recording that is over before the last column begins would leave leads out: its columns show the same time.
  const together = columns > 1 && record.seconds < PAGE_S - step / 2;
  let names = cabrera ? CABRERA_ORDER : LIMB_CHEST;
  if (layout === "one") names = [leads[lead]];
  else if (layout === "all") names = leads;
  const perColumn = Math.ceil(names.length / columns);
  const rows = [];
  for (let k = 0; k < perColumn; k++) {
    const segments = [];
    for (let c = 0; c < columns; c++) {
      const trace = traceOf(leads, names[c * perColumn + k]);
      segments.push({ ...trace, from: c * step, until: (c + 1) * step, shift: together ? c * step : 0 });
    }
    rows.push({ segments, rhythm: columns === 1 });
  }
  const chosen = [leads[lead], ...RHYTHMS.filter((name) => name !== leads[lead])].slice(0, rhythms);
  for (const name of chosen) {
    rows.push({ segments: [{ ...traceOf(leads, name), from: 0, until: seconds, shift: 0 }], rhythm: true });
  }
  rows.forEach((one, k) => { one.baseline = HEAD_MM + (k + 0.55) * row; one.height = row; });
  return { rows, margin, seconds, together, width: margin + seconds * speed + 3, height: HEAD_MM + rows.length * row + FOOT_MM };
}

// Millimetres of the paper a page needs at least.
export function pageWidth(speed) {
  return marginOf(speed) + PAGE_S * speed + 3;
}
