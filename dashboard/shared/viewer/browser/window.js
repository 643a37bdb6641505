// Windows: between which values the greys lie.

const SAMPLE = 200000; // values looked at for the usual window
const CENTRAL = [0.02, 0.98]; // share of the values between which the usual window lies
const HELPS = [0.25, 0.75]; // of the usual window: a file's window that ends below or begins above shows nearly nothing
const BACKGROUND = 0.02; // of the range: what is nearer to the least value is background, noise in air included

function wide(low, high) {
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

const at = (values, share) => values[Math.min(values.length - 1, Math.floor(share * values.length))];

// The central 2 to 98 % of what is not background.
export function usualWindow(image) {
  const { voxels } = image;
  const every = Math.max(1, Math.floor(voxels.length / SAMPLE));
  const sample = new Float32Array(Math.ceil(voxels.length / every));
  for (let k = 0; k < sample.length; k++) sample[k] = voxels[k * every];
  sample.sort();
  const floor = sample[0] + BACKGROUND * (at(sample, 0.995) - sample[0]);
  const seen = sample.filter((value) => value > floor);
  return seen.length ? wide(at(seen, CENTRAL[0]), at(seen, CENTRAL[1])) : wide(sample[0], sample[0]);
}

export function fullRange(image) {
  let low = Infinity, high = -Infinity;
  for (const value of image.voxels) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return wide(low, high);
}

// The presets of an image: names and [low, high]. A picture in colours has none.
export function presetsOf(image) {
  if (image.channels > 1) return {};
  const presets = { usual: usualWindow(image), full: fullRange(image) };
  if (image.header.window) presets.file = image.header.window;
  return presets;
}

// The preset that is used at first: the file's, unless most of the image would be white or black under it. Some scanners
// state a window for each slice, and that of a slice at the edge does not suit the others.
export function firstPreset({ usual, file }) {
  if (!file) return "usual";
  const [least, most] = HELPS.map((share) => usual[0] + share * (usual[1] - usual[0]));
  return file[1] < least || file[0] > most ? "usual" : "file";
}

// A window after a drag: to the right wider, downwards a higher level, which is darker.
export function draggedWindow([low, high], dx, dy, usual) {
  const perPixel = (usual[1] - usual[0]) / 300;
  const least = (usual[1] - usual[0]) / 1000;
  const width = Math.max(least, high - low + dx * perPixel);
  const level = (low + high) / 2 + dy * perPixel;
  return [level - width / 2, level + width / 2];
}

// A value as people read it: whole numbers as they are, others with four digits.
export function shortNumber(value) {
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return text.replace("-", "\u2212");
}

export function windowText([low, high]) {
  const digits = (value) => (high - low >= 20 ? Math.round(value) : Number(value.toPrecision(4)));
  return `W ${shortNumber(digits(high - low))}  L ${shortNumber(digits((low + high) / 2))}`;
}
