// Voxels of one plane to pixels. All arithmetic per pixel is in tables, made anew only when a setting changes.

const OPAQUE = 0xff000000;
// Inferno's upper part, from dark red to pale yellow: order is seen in greys too, and red is not alone.
const SEQUENTIAL = [[0, 90, 15, 100], [0.35, 190, 45, 75], [0.65, 243, 120, 25], [1, 252, 245, 165]];
// Blue and orange, which the colour-blind tell apart, brighter the further from nothing.
const DIVERGING = [
  [0, 150, 225, 255], [0.3, 40, 130, 220], [0.5, 110, 110, 115], [0.7, 205, 95, 15], [1, 255, 220, 120],
];

function coloursBetween(stops) {
  const table = new Uint8Array(256 * 3);
  for (let k = 0; k < 256; k++) {
    const t = k / 255;
    const upper = Math.max(1, stops.findIndex((stop) => stop[0] >= t));
    const [a, b] = [stops[upper - 1], stops[upper]];
    const share = (t - a[0]) / (b[0] - a[0]);
    for (let c = 0; c < 3; c++) table[3 * k + c] = Math.round(a[c + 1] + share * (b[c + 1] - a[c + 1]));
  }
  return table;
}

const PALETTES = { false: coloursBetween(SEQUENTIAL), true: coloursBetween(DIVERGING) };

// How much an overlay's byte says, 0 to 1.
export function strength(value, signed) {
  return signed ? Math.min(1, Math.abs(value - 128) / 127) : value / 255;
}

export function overlayColour(value, signed) {
  return PALETTES[signed].subarray(3 * value, 3 * value + 3);
}

export class Painter {
  constructor(image) {
    this.image = image;
    this.greyOf = new Uint8Array(image.voxels instanceof Int16Array ? 65536 : 0);
    this.plain = new Uint32Array(256);
    this.faded = new Uint32Array(256);
    this.tint = new Uint32Array(256);
    this.shown = new Uint8Array(256);
  }

  // The overlay drawn is `overlay`, or null. Returns a text that changes whenever pixels would.
  set({ window, inverted, overlay, opacity, threshold }) {
    const greys = `${window}`;
    if (greys !== this.greys) {
      this.greys = greys;
      this.window = window;
      this.#fillGreys();
    }
    const mixing = `${inverted} ${overlay ? `${overlay.id} ${overlay.signed} ${opacity} ${threshold}` : ""}`;
    if (mixing !== this.mixing) {
      this.mixing = mixing;
      this.overlay = overlay;
      this.#fillMixing(inverted, opacity, threshold);
    }
    return `${greys} ${mixing}`;
  }

  #fillGreys() {
    if (!this.greyOf.length) return;
    const [low, high] = this.window;
    const scale = 255.999 / (high - low);
    for (let value = -32768; value < 32768; value++) {
      const grey = (value - low) * scale;
      this.greyOf[value & 0xffff] = grey <= 0 ? 0 : grey >= 255 ? 255 : grey;
    }
  }

  // A mixed pixel is one addition: a faded grey plus a tint. Rounded down, no channel runs over into the next.
  #fillMixing(inverted, opacity, threshold) {
    const { plain, faded, tint, shown, overlay } = this;
    for (let k = 0; k < 256; k++) {
      const grey = inverted ? 255 - k : k;
      plain[k] = OPAQUE | (grey * 0x10101);
      faded[k] = OPAQUE | (Math.floor(grey * (1 - opacity)) * 0x10101);
      if (!overlay) continue;
      const [r, g, b] = overlayColour(k, overlay.signed).map((channel) => Math.floor(channel * opacity));
      tint[k] = (b << 16) | (g << 8) | r;
      const says = strength(k, overlay.signed);
      shown[k] = says > 0 && says >= threshold ? 1 : 0;
    }
  }

  // Fill RGBA `words` (width x height of the plane) with the slice `index`.
  paint(plane, index, words) {
    if (this.image.channels > 1) this.#paintColours(plane, index, words);
    else this.#paintGreys(plane, index, words);
    if (this.overlay) this.#mix(plane, index, words);
    else if (this.image.channels === 1) for (let k = 0; k < words.length; k++) words[k] = this.plain[words[k]];
  }

  // Leaves greys from 0 to 255 in `words`.
  #paintGreys(plane, index, words) {
    const { voxels } = this.image;
    const { greyOf } = this;
    const { width, height, acrossStep } = plane;
    const [low, high] = this.window;
    const scale = 255.999 / (high - low);
    for (let y = 0, k = 0; y < height; y++) {
      let place = index * plane.step + y * plane.downStep;
      if (greyOf.length) {
        for (let x = 0; x < width; x++, place += acrossStep) words[k++] = greyOf[voxels[place] & 0xffff];
      } else {
        for (let x = 0; x < width; x++, place += acrossStep) {
          const grey = (voxels[place] - low) * scale;
          words[k++] = grey <= 0 ? 0 : grey >= 255 ? 255 : grey;
        }
      }
    }
  }

  #paintColours(plane, index, words) {
    const { voxels } = this.image;
    const flip = this.plain[0] === OPAQUE ? 0 : 0xffffff;
    for (let y = 0, k = 0; y < plane.height; y++) {
      let place = 3 * (index * plane.step + y * plane.downStep);
      for (let x = 0; x < plane.width; x++, place += 3 * plane.acrossStep) {
        words[k++] = OPAQUE | (((voxels[place + 2] << 16) | (voxels[place + 1] << 8) | voxels[place]) ^ flip);
      }
    }
  }

  #mix(plane, index, words) {
    const { plain, faded, tint, shown } = this;
    const { values, places } = this.overlay;
    const { width, height, acrossStep } = plane;
    const across = plane.name === "slices";
    const grey = this.image.channels === 1;
    const fade = (word) => {
      const left = (shift) => (faded[this.#unflipped((word >> shift) & 255)] & 255) << shift;
      return OPAQUE | left(16) | left(8) | left(0);
    };
    for (let y = 0, k = 0; y < height; y++) {
      // Slices are a plane's normal or its downward axis, never its other one.
      const start = places[across ? index : y];
      if (start < 0) {
        if (grey) for (let x = 0; x < width; x++, k++) words[k] = plain[words[k]];
        else k += width;
        continue;
      }
      let place = start + (across ? y * plane.downStep : index * plane.step);
      for (let x = 0; x < width; x++, k++, place += acrossStep) {
        const value = values[place];
        if (!grey) { if (shown[value]) words[k] = fade(words[k]) + tint[value]; }
        else words[k] = shown[value] ? faded[words[k]] + tint[value] : plain[words[k]];
      }
    }
  }

  // Colours are inverted already where greys are inverted by their table.
  #unflipped(channel) {
    return this.plain[0] === OPAQUE ? channel : 255 - channel;
  }
}
