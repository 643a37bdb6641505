// What Streamlit calls: with new bytes, with the same bytes again after every rerun, and on the way out.

import { readHeader } from "../../browser/bytes.js";
import { Paper } from "./paper.js";
import { decode } from "./record.js";

const KEPT = 8; // views remembered
const PAPERS = new WeakMap(); // by the element a paper lives in
const VIEWS = new Map(); // by the samples' digest: a page that is left and come back to is as it was

function remember({ record, state }) {
  VIEWS.delete(record.header.signal);
  VIEWS.set(record.header.signal, state);
  if (VIEWS.size > KEPT) VIEWS.delete(VIEWS.keys().next().value);
}

export default function render({ data, parentElement }) {
  const place = parentElement.querySelector(".paper-place");
  if (!data || !place) return undefined;
  let paper = PAPERS.get(place);
  const header = readHeader(data);
  if (!paper || paper.record.header.signal !== header.signal) {
    if (paper) {
      remember(paper);
      paper.close();
    }
    paper = new Paper(place, decode(data), VIEWS.get(header.signal));
    PAPERS.set(place, paper);
  } else if (paper.record.header.digest !== header.digest) {
    paper.adopt(decode(data));
  }
  // Streamlit calls this after every rerun, and a clean-up of an earlier call may come after a later call.
  paper.call = (paper.call || 0) + 1;
  const { call } = paper;
  return () => {
    if (paper.call !== call) return;
    remember(paper);
    paper.close();
    PAPERS.delete(place);
  };
}
