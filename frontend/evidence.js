// Causes: the factor in use is framed in the drawing, and a row of the timeline is dragged onto a factor.
import Sortable from "sortablejs";

const nodeAt = (box, { clientX, clientY }) => {
  const found = document.elementsFromPoint(clientX, clientY).map((one) => one.closest?.("[data-node]")).find(Boolean);
  return found && box.contains(found) ? found : null;
};

export function frame(box) {
  const node = document.activeElement?.closest?.("[data-node]") ?? box.querySelector("[data-editor]")?.closest("[data-node]");
  const key = node && box.contains(node) ? node.dataset.node : null;
  for (const one of box.querySelectorAll("svg [data-key]")) one.classList.toggle("is-here", one.dataset.key === key);
  const words = box.querySelector("[data-framed]");
  if (words) words.hidden = !key;
}

export function evidence(box, press) {
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const list = event.target.id === "rows-list" && event.target.querySelector("[data-rows-to-drag]");
    if (list) draggable(list, box, press);
  });
}

function draggable(list, box, press) {
  let over = null;
  const mark = (node) => {
    if (node === over) return;
    over?.classList.remove("is-target");
    over = node;
    over?.classList.add("is-target");
  };
  const follow = (event) => { event.preventDefault(); mark(nodeAt(box, event)); };
  Sortable.create(list, {
    group: { name: "rows", pull: false, put: false }, sort: false, draggable: "[data-entry]", ghostClass: "is-ghost",
    onStart: () => document.addEventListener("dragover", follow),
    onEnd: ({ item }) => {
      document.removeEventListener("dragover", follow);
      const node = over;
      mark(null);
      if (node) press(node.dataset.evidence, { entry: item.dataset.entry });
    },
  });
}
