// What is printed on the paper, and the paper in words for those who do not see it.

import { bandText } from "./filter.js";
import { LAYOUTS } from "./layout.js";
import { clock } from "./overview.js";

// Speed, gain, filter and rate, as machines print them at the foot of the paper, and what must be known.
export function printedText(record, state, sheet) {
  const { header } = record;
  const band = state.filter ? `filter ${bandText(record.rate)}, zero phase` : "unfiltered (as stored)";
  const parts = [`${state.speed} mm/s`, `${state.gain} mm/mV`, band, `${Number(record.rate.toFixed(3))} Hz`];
  if (sheet.shown < record.seconds - 1e-6) parts.push(`${clock(state.start)}–${clock(state.start + sheet.shown)} of ${clock(record.seconds)}`);
  else parts.push(`${Number(record.seconds.toFixed(1))} s`);
  if (sheet.page.together) parts.push("columns show the same time");
  if (record.gaps) parts.push("grey: nothing recorded");
  if (!header.calibrated) parts.push("NOT CALIBRATED: the gain is assumed");
  return parts.join(" · ");
}

export function description(record, state, sheet) {
  const { header } = record;
  const said = [
    `Electrocardiogram of ${header.shown_leads.length === 1 ? "one lead" : `${header.shown_leads.length} leads`}: ${header.shown_leads.join(", ")}.`,
    `Layout ${LAYOUTS[state.layout].word}. ${printedText(record, state, sheet)}.`,
  ];
  if (header.derived.length) said.push(`Derived from other leads: ${header.derived.join(", ")}.`);
  if (record.beats.length > 1) said.push(`${record.beats.length} beats are marked.`);
  const overlay = state.overlay.on && record.overlays[state.overlay.which];
  if (overlay) said.push(`Overlay ${overlay.name}: ${overlay.title}. ${overlay.caption}`);
  return [...said, header.description].filter(Boolean).join(" ");
}
