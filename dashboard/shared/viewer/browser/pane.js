// One plane on the screen: its canvas, the texts on it, and where a point of the screen lies in the volume.

import { make, setAttribute, setText } from "../../browser/elements.js";
import { edgeLetters, planeOf, positionOf, scaleBar, titleOf } from "./planes.js";
import { windowText } from "./window.js";

const SHARPEST = 2; // pixels of the canvas for one of the page: more cannot be seen in an image of a few hundred
const MARGIN = 0.96; // of the pane that an image fills at a zoom of 1
const CROSS_GAP_PX = 12; // around its centre, so that it does not hide what it points to
const EDGE_GAP_PX = 26; // free for the letters
const CROSS = "rgba(94, 234, 212, .85)";
const EDGES = ["left", "right", "top", "bottom"];
const CORNERS = ["where", "under", "window", "scale"];

export class Pane {
  constructor(image, name) {
    this.image = image;
    this.name = name;
    this.plane = planeOf(image, name);
    this.title = titleOf(this.plane);
    this.canvas = make("canvas");
    this.pen = this.canvas.getContext("2d", { alpha: false });
    this.texts = {};
    for (const part of [...EDGES, ...CORNERS]) this.texts[part] = make("span", { class: `text ${part}` });
    this.bar = make("span", { class: "bar" });
    this.barText = make("span");
    this.texts.scale.append(this.bar, this.barText);
    const many = this.plane.count > 1;
    this.surface = make(
      "div",
      { class: "surface", tabindex: 0, role: many ? "slider" : "img", ...(many ? { "aria-valuemin": 1, "aria-valuemax": this.plane.count } : {}) },
      this.canvas, ...Object.values(this.texts),
    );
    this.element = make("div", { class: "pane" }, this.surface);
    this.#newBuffer();
  }

  // Other voxels or overlays of the same shape.
  adopt(image) {
    this.image = image;
    this.painted = null;
  }

  // Pixels of the plane, one for a voxel, before they are turned and stretched.
  #newBuffer() {
    const { width, height } = this.plane;
    this.buffer = make("canvas", { width, height });
    this.bufferPen = this.buffer.getContext("2d", { alpha: false, willReadFrequently: true });
    this.pixels = this.bufferPen.createImageData(width, height);
    this.words = new Uint32Array(this.pixels.data.buffer);
  }

  resize() {
    const { clientWidth, clientHeight } = this.surface;
    const density = Math.min(SHARPEST, window.devicePixelRatio || 1);
    this.size = [clientWidth, clientHeight];
    this.density = density;
    const [width, height] = [Math.round(clientWidth * density), Math.round(clientHeight * density)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.framed = null;
  }

  // Screen pixels along a row and a column of voxels, and of one unit of length (a millimetre, or a row's step).
  #scale(view) {
    const [down, across] = this.plane.mm || [1, 1];
    let [wide, tall] = [this.plane.width * across, this.plane.height * down];
    if (view.turns % 2) [wide, tall] = [tall, wide];
    const unit = Math.min(this.size[0] / wide, this.size[1] / tall) * MARGIN * view.zoom;
    return { unit, across: across * unit, down: down * unit };
  }

  // The matrix [a, b, c, d, e, f] from voxels (column, row) to the pane.
  #matrix(view) {
    const { across, down } = this.#scale(view);
    let [a, b, c, d] = [view.mirrored ? -across : across, 0, 0, down];
    for (let k = 0; k < view.turns; k++) [a, b, c, d] = [-b, a, -d, c];
    const [u, v] = [this.plane.width / 2, this.plane.height / 2];
    const e = this.size[0] / 2 + view.pan[0] - a * u - c * v;
    const f = this.size[1] / 2 + view.pan[1] - b * u - d * v;
    return [a, b, c, d, e, f];
  }

  // The voxel (slice, row, column) under a place of the pane; null beside the image.
  voxelUnder([x, y], state) {
    const [a, b, c, d, e, f] = this.#matrix(state.views[this.name]);
    const size = a * d - b * c;
    const column = Math.floor((d * (x - e) - c * (y - f)) / size);
    const row = Math.floor((a * (y - f) - b * (x - e)) / size);
    if (column < 0 || row < 0 || column >= this.plane.width || row >= this.plane.height) return null;
    const [normal, down, across] = this.plane.axes;
    const voxel = [0, 0, 0];
    [voxel[normal], voxel[down], voxel[across]] = [this.indexIn(state), row, column];
    return voxel;
  }

  indexIn(state) {
    return state.point[this.plane.axes[0]];
  }

  // `colouring` is the painter's text: it changes whenever pixels of the same slice would.
  draw(state, painter, colouring, marks) {
    if (!this.size || !this.size[0]) return;
    const view = state.views[this.name];
    const index = this.indexIn(state);
    const wanted = `${index} ${colouring}`;
    const repaint = wanted !== this.painted;
    if (repaint) {
      painter.paint(this.plane, index, this.words);
      this.bufferPen.putImageData(this.pixels, 0, 0);
      this.painted = wanted;
    }
    const matrix = this.#matrix(view);
    const cross = state.layout === "planes" ? this.#crossAt(matrix, state) : null;
    const frame = `${matrix} ${cross}`;
    if (repaint || frame !== this.framed) {
      this.#stretch(matrix, cross);
      this.framed = frame;
    }
    this.#write(state, view, index, marks);
  }

  #stretch(matrix, cross) {
    const { pen, canvas, density } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(...matrix.map((x) => x * density));
    pen.imageSmoothingEnabled = true;
    // Only a picture larger than the pane needs the slower way.
    pen.imageSmoothingQuality = Math.abs(matrix[0] + matrix[1]) < 0.7 ? "medium" : "low";
    pen.drawImage(this.buffer, 0, 0);
    if (!cross) return;
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.strokeStyle = CROSS;
    pen.lineWidth = 1;
    const [x, y] = cross.map((place) => Math.round(place) + 0.5);
    pen.beginPath();
    for (const side of [-1, 1]) {
      pen.moveTo(x + side * CROSS_GAP_PX, y);
      pen.lineTo(side < 0 ? EDGE_GAP_PX : this.size[0] - EDGE_GAP_PX, y);
      pen.moveTo(x, y + side * CROSS_GAP_PX);
      pen.lineTo(x, side < 0 ? EDGE_GAP_PX : this.size[1] - EDGE_GAP_PX);
    }
    pen.stroke();
  }

  #crossAt([a, b, c, d, e, f], { point }) {
    const [, down, across] = this.plane.axes;
    const [u, v] = [point[across] + 0.5, point[down] + 0.5];
    return [a * u + c * v + e, b * u + d * v + f];
  }

  #write(state, view, index, marks) {
    const { texts, plane, surface } = this;
    const edges = edgeLetters(plane, view);
    for (const edge of EDGES) setText(texts[edge], edges ? edges[edge] : "");
    const slice = plane.count > 1 ? `${index + 1} / ${plane.count}` : "";
    const position = positionOf(this.image, plane, index);
    // Letters show a mirror where there are letters; elsewhere it has to be said.
    const mirror = !edges && view.mirrored ? "Mirrored" : "";
    setText(texts.where, [this.title, slice, position, mirror].filter(Boolean).join("\n"));
    const zoom = view.zoom === 1 ? "" : `Zoom ${Math.round(100 * view.zoom)} %`;
    setText(texts.window, [zoom, state.window ? windowText(state.window) : ""].filter(Boolean).join("\n"));
    if (plane.mm) {
      const { pixels, text } = scaleBar(1 / this.#scale(view).unit, Math.min(...this.size));
      this.bar.style.width = `${Math.round(pixels)}px`;
      setText(this.barText, text);
    }
    texts.scale.hidden = !plane.mm;
    setAttribute(surface, "aria-label", `${this.title} image`);
    if (plane.count < 2) return;
    setAttribute(surface, "aria-valuenow", index + 1);
    const mark = this.name === "slices" && marks ? `, ${marks}` : "";
    setAttribute(surface, "aria-valuetext", `Slice ${index + 1} of ${plane.count}${position && `, ${position}`}${mark}`);
  }
}
