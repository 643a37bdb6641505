// Bytes to images: the layout is documented in encoding.py, which writes it.

import { bodyOf, readHeader } from "../../browser/bytes.js";

const KINDS = { int16: Int16Array, float32: Float32Array, rgb8: Uint8Array };

export function decode(data) {
  const header = readHeader(data);
  const body = bodyOf(data);
  const [n, h, w] = header.shape;
  const channels = header.type === "rgb8" ? 3 : 1;
  const voxels = new KINDS[header.type](body, 0, n * h * w * channels);
  let offset = 4 * Math.ceil(voxels.byteLength / 4);
  const overlays = header.overlays.map((overlay) => {
    const slices = overlay.slices || [...Array(n).keys()];
    const values = new Uint8Array(body, offset, slices.length * h * w);
    offset += values.length;
    // Where the values of each slice begin; -1 for a slice that has none.
    const places = new Int32Array(n).fill(-1);
    slices.forEach((slice, k) => { places[slice] = k * h * w; });
    return { ...overlay, values, places };
  });
  return { header, shape: header.shape, channels, voxels, overlays };
}

export function voxelAt(image, [slice, row, column]) {
  const [, h, w] = image.shape;
  const place = (slice * h + row) * w + column;
  return image.channels === 1 ? image.voxels[place] : image.voxels.subarray(3 * place, 3 * place + 3);
}

// From 0 to 1, of a signed overlay from -1 to 1; null where the overlay has nothing to say.
export function overlayAt(image, overlay, [slice, row, column]) {
  if (overlay.places[slice] < 0) return null;
  const value = overlay.values[overlay.places[slice] + row * image.shape[2] + column];
  return overlay.signed ? Math.max(-1, (value - 128) / 127) : value / 255;
}
