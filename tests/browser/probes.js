// What a test cannot ask Playwright for: each function looks at the whole page and returns a list of findings.
(() => {
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.opacity !== "0";
  };
  const parse = (colour) => {
    const parts = (colour.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
    return parts.length < 4 ? [...parts, 1] : parts;
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const background = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const inside = (inner, outer) =>
    inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  const texts = () => [...document.querySelectorAll("svg text")].filter((t) => t.textContent.trim() && visible(t));

  window.probes = {
    // Whether every chart has been drawn in the width that its place has now.
    isDrawn: () =>
      [...document.querySelectorAll(".js-plotly-plot")].every((plot) => {
        const svg = plot.querySelector(".main-svg");
        return svg && Math.abs(svg.getBoundingClientRect().width - plot.clientWidth) <= 1;
      }),
    // Whether nothing fades from one colour into another any more; what turns for ever is no fading.
    isStill: () =>
      document.getAnimations().every((moving) => {
        const ends = moving.effect && Number.isFinite(moving.effect.getComputedTiming().endTime);
        return !ends || moving.playState === "finished" || moving.playState === "idle";
      }),
    // SVG text below 4.5:1. A filled shape right before a text and around its middle is its background.
    dimSvgText: () =>
      texts().flatMap((text) => {
        const style = getComputedStyle(text);
        const fill = parse(style.fill);
        fill[3] *= Number(style.fillOpacity);
        for (let e = text; e.closest("svg"); e = e.parentElement) fill[3] *= Number(getComputedStyle(e).opacity);
        let below = background(text.closest("svg").parentElement);
        const shape = text.previousElementSibling;
        if (shape && shape.tagName === "rect") {
          const own = getComputedStyle(shape);
          const paint = own.fill === "none" ? [0, 0, 0, 0] : parse(own.fill);
          paint[3] *= Number(own.fillOpacity) * Number(own.opacity);
          below = over(paint, below);
        }
        const found = ratio(over(fill, below), below);
        return found < 4.5 ? [`${text.textContent}: ${found.toFixed(2)}`] : [];
      }),
    // Chart text that its chart cuts off.
    cutSvgText: () =>
      texts()
        .filter((text) => text.closest(".main-svg"))
        .filter((text) => !inside(text.getBoundingClientRect(), text.closest(".js-plotly-plot").getBoundingClientRect()))
        .map((text) => text.textContent),
    // Chart texts that run into each other.
    overlappingSvgText: () =>
      [...document.querySelectorAll(".js-plotly-plot")].flatMap((plot) => {
        const boxes = [...plot.querySelectorAll("svg text")]
          .filter((t) => t.textContent.trim() && visible(t))
          .map((t) => [t.textContent, t.getBoundingClientRect()]);
        return boxes.flatMap(([one, a], place) =>
          boxes.slice(place + 1).flatMap(([other, b]) => {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            return across > 1 && down > 3 ? [`${one} / ${other}`] : [];
          })
        );
      }),
    // Hints in empty fields that do not fit.
    cutHints: () =>
      [...document.querySelectorAll("input[placeholder], textarea[placeholder]")].flatMap((field) => {
        const style = getComputedStyle(field);
        const pen = document.createElement("canvas").getContext("2d");
        pen.font = style.font;
        const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        const widest = Math.max(...field.placeholder.split("\n").map((line) => pen.measureText(line).width));
        return !field.value && visible(field) && widest > room + 1 ? [field.placeholder] : [];
      }),
    // Whatever is wider than the window, and text that its box hides.
    overflow: () => {
      const found = [];
      for (const element of [document.documentElement, document.querySelector('[data-testid="stMain"]')])
        if (element.scrollWidth > element.clientWidth) found.push(`${element.tagName} scrolls sideways`);
      for (const element of document.querySelectorAll('[data-testid="stMain"] *, [data-testid="stSidebar"] *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || element.closest("svg, canvas, [data-testid='stDataFrame']") || !visible(element)) continue;
        for (let box = element; box && box.dataset.testid !== "stMain"; box = box.parentElement) {
          const style = getComputedStyle(box);
          const hides = style.overflowX !== "visible";
          if (box.clientWidth > 1 && hides && box.scrollWidth > box.clientWidth + 1) {
            found.push(`${element.textContent.trim().slice(0, 60)}: cut by ${box.dataset.testid || box.tagName} (${style.overflowX})`);
            break;
          }
        }
        const box = element.getBoundingClientRect();
        if (box.right > innerWidth + 1) found.push(`${element.textContent.trim().slice(0, 60)}: beyond the window`);
      }
      return found;
    },
  };
})();
