// What Streamlit calls: with new bytes, with the same bytes again after every rerun, and on the way out.

import { readHeader } from "../../browser/bytes.js";
import { decode } from "./decode.js";
import { Viewer } from "./viewer.js";

const KEPT = 8; // views remembered
const VIEWERS = new WeakMap(); // by the element a viewer lives in
const VIEWS = new Map(); // by the voxels' digest: a page that is left and come back to is as it was

function remember({ image, state }) {
  VIEWS.delete(image.header.pixels);
  VIEWS.set(image.header.pixels, state);
  if (VIEWS.size > KEPT) VIEWS.delete(VIEWS.keys().next().value);
}

export default function render({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".viewer-place");
  if (!data || !place) return undefined;
  let viewer = VIEWERS.get(place);
  const header = readHeader(data);
  if (!viewer || viewer.image.header.pixels !== header.pixels) {
    if (viewer) {
      remember(viewer);
      viewer.close();
    }
    viewer = new Viewer(place, decode(data), VIEWS.get(header.pixels));
    VIEWERS.set(place, viewer);
  } else if (viewer.image.header.digest !== header.digest) {
    viewer.adopt(decode(data));
  }
  // Streamlit calls this after every rerun, and a clean-up of an earlier call may come after a later call.
  viewer.send = setTriggerValue;
  viewer.call = (viewer.call || 0) + 1;
  const { call } = viewer;
  return () => {
    if (viewer.call !== call) return;
    remember(viewer);
    viewer.close();
    VIEWERS.delete(place);
  };
}
