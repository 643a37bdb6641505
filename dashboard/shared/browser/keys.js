// A button that opens a list of keys and what they do.

import { icon, make } from "./elements.js";

export function keyList(rows) {
  const items = rows.flatMap(([key, does]) => [make("dt", {}, key), make("dd", {}, does)]);
  const list = make("dl", { class: "keys", hidden: "" }, ...items);
  const open = make("button", {
    type: "button", title: "Keys", "aria-label": "Keys", "aria-expanded": "false",
    onclick: () => {
      list.hidden = !list.hidden;
      open.setAttribute("aria-expanded", String(!list.hidden));
    },
  }, icon("keys"));
  const holder = make("div", { class: "keys-holder" }, open, list);
  holder.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) open.click();
  });
  holder.addEventListener("focusout", (event) => {
    if (!list.hidden && !holder.contains(event.relatedTarget)) open.click();
  });
  return holder;
}
