// Bytes as packing.py lays them out.

function asBytes(data) {
  return data instanceof Uint8Array ? data : new Uint8Array(data);
}

function headerEnd(bytes) {
  return 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

// The header alone: enough to see whether the same bytes have come again.
export function readHeader(data) {
  const bytes = asBytes(data);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(4, headerEnd(bytes))));
}

// What follows the header. A copy: typed arrays need an offset that is a multiple of their item, and a message's bytes may
// lie anywhere.
export function bodyOf(data) {
  const bytes = asBytes(data);
  return bytes.slice(4 * Math.ceil(headerEnd(bytes) / 4)).buffer;
}
