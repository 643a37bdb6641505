// The colours of the paper, which is paper in any theme, and of what is laid over it.

export const PAPER = "#fffaf8";
export const FINE = "#f8dcd8";
export const STRONG = "#efb1aa";
export const TRACE = "#0b0b0d";
export const NAME = "#15151a";
export const BEAT = "#a3341f";
export const NOTHING = "#e3e4e8"; // where nothing was recorded
export const CALIPER = "#0b57c9";
export const WAVES = { P: "#0a6e4a", QRS: "#1c4fa8", T: "#7a2a8c" };
// From pale to deep orange for what raises, as in tables and charts, and blue on the other side of nothing: neither is a
// colour of the grid, and the colour-blind tell them apart.
const ABOVE = [[255, 196, 110], [176, 74, 0]];
const BELOW = [[140, 196, 255], [22, 40, 160]];

// How much an overlay's byte says, 0 to 1.
export function strengthOf(value, signed) {
  return signed ? Math.min(1, Math.abs(value - 128) / 127) : value / 255;
}

export function overlayInk(value, signed) {
  const [pale, deep] = signed && value < 128 ? BELOW : ABOVE;
  const share = strengthOf(value, signed);
  return `rgb(${pale.map((channel, k) => Math.round(channel + share * (deep[k] - channel))).join()})`;
}
