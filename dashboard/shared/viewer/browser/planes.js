// How the planes of a volume lie in the patient, and on the screen. Directions are (left, posterior, superior).

const AXES = { slices: [0, 1, 2], rows: [1, 0, 2], columns: [2, 0, 1] }; // normal, down, across: of (slice, row, column)
const LETTERS = [["L", "R"], ["P", "A"], ["S", "I"]];
const LEAST_COMPONENT = Math.sin((8 * Math.PI) / 180); // a direction further than this from an axis has two letters
const PLANES = ["Sagittal", "Coronal", "Axial"]; // by the axis of the normal
// Screen's right and bottom by convention: seen from the feet, from the front, and from the left.
const CONVENTION = {
  Axial: [[1, 0, 0], [0, 1, 0]],
  Coronal: [[1, 0, 0], [0, 0, -1]],
  Sagittal: [[0, 1, 0], [0, 0, -1]],
};

const minus = (v) => v.map((x) => -x);
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

// One plane: its axes in the array, size in voxels, steps through the voxels, millimetres and directions.
export function planeOf(image, name) {
  const { shape, header } = image;
  const axes = AXES[name];
  const [normal, down, across] = axes;
  const strides = [shape[1] * shape[2], shape[2], 1];
  const spacing = header.spacing_mm;
  const vectors = header.axes;
  const mm = [spacing[down], spacing[across]];
  return {
    name, axes,
    count: shape[normal], height: shape[down], width: shape[across],
    step: strides[normal], downStep: strides[down], acrossStep: strides[across],
    mm: mm[0] && mm[1] ? mm : null,
    normal: vectors && vectors[normal], down: vectors && vectors[down], across: vectors && vectors[across],
  };
}

function nearestAxis(vector) {
  const sizes = vector.map(Math.abs);
  return sizes.indexOf(Math.max(...sizes));
}

// What the plane is called: by the patient's axis that its normal is nearest to.
export function titleOf(plane) {
  if (!plane.normal) return "As stored";
  const axis = nearestAxis(plane.normal);
  const oblique = Math.abs(plane.normal[axis]) < Math.cos((8 * Math.PI) / 180);
  return PLANES[axis] + (oblique ? ", oblique" : "");
}

// The letter or letters of a direction, the strongest first.
export function letters(direction) {
  return [0, 1, 2]
    .filter((axis) => Math.abs(direction[axis]) >= LEAST_COMPONENT)
    .sort((a, b) => Math.abs(direction[b]) - Math.abs(direction[a]))
    .map((axis) => LETTERS[axis][direction[axis] > 0 ? 0 : 1])
    .join("");
}

// Directions of the screen's right and bottom. A view mirrors first, then makes quarter turns clockwise.
function onScreen(plane, { turns, mirrored }) {
  let right = mirrored ? minus(plane.across) : plane.across;
  let bottom = plane.down;
  for (let k = 0; k < turns; k++) [right, bottom] = [minus(bottom), right];
  return [right, bottom];
}

// Letters at the four edges of the screen; null where nobody knows.
export function edgeLetters(plane, view) {
  if (!plane.across) return null;
  const [right, bottom] = onScreen(plane, view);
  return { left: letters(minus(right)), right: letters(right), top: letters(minus(bottom)), bottom: letters(bottom) };
}

// The quarter turns and mirror that bring a plane nearest to how it is hung by convention; nothing is resampled.
export function conventionalView(plane) {
  const stored = { turns: 0, mirrored: false };
  if (!plane.across) return stored;
  const [right, bottom] = CONVENTION[PLANES[nearestAxis(plane.normal)]];
  let best = stored, most = -Infinity;
  for (const mirrored of [false, true]) {
    for (const turns of [0, 1, 2, 3]) {
      const [r, b] = onScreen(plane, { turns, mirrored });
      const agreement = dot(r, right) + dot(b, bottom);
      // What is stored wins a tie: an oblique plane is not turned without a reason.
      if (agreement > most + 1e-6) [best, most] = [{ turns, mirrored }, agreement];
    }
  }
  return best;
}

export function turned(view) {
  return { ...view, turns: (view.turns + 1) % 4 };
}

// Left and right of the screen exchanged: a mirror after the turns is a mirror before them and the turns backwards.
export function mirroredView(view) {
  return { ...view, mirrored: !view.mirrored, turns: (4 - view.turns) % 4 };
}

// Where a plane lies along its normal, as "S 34.2 mm"; empty where nobody knows.
export function positionOf(image, plane, index) {
  const { origin_mm: origin, spacing_mm: spacing } = image.header;
  const step = spacing[plane.axes[0]];
  if (!origin || !plane.normal || (plane.count > 1 && !step)) return "";
  const axis = nearestAxis(plane.normal);
  const towards = plane.normal[axis] > 0 ? 1 : -1;
  const mm = towards * (dot(origin, plane.normal) + index * (step || 0));
  return `${LETTERS[axis][mm >= 0 ? 0 : 1]} ${Math.abs(mm).toFixed(1)} mm`;
}

// A round length of about a quarter of the view, in millimetres.
export function scaleBar(mmPerPixel, width) {
  const aim = (mmPerPixel * width) / 4;
  const power = 10 ** Math.floor(Math.log10(aim));
  const mm = Number(([5, 2, 1].find((k) => k * power <= aim) * power).toPrecision(1));
  return { pixels: mm / mmPerPixel, text: mm >= 10 ? `${mm / 10} cm` : `${mm} mm` };
}
