// Action items: select and edit by key, count what is selected, drag cards between the columns of the board.
import Sortable from "sortablejs";
import { toast } from "./dialogs.js";

const KEPT = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const dialog = (url) => window.htmx.ajax("GET", url, { target: "#dialog-body", swap: "innerHTML" });

function count() {
  const chosen = document.querySelectorAll("[data-actions] input[name=item]:checked").length;
  const label = document.querySelector("[data-selected]");
  if (label) label.textContent = `${chosen} selected`;
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || event.target.closest?.(KEPT)) return;
  const row = document.activeElement.closest("[data-item], [data-card]");
  if (event.key === "Escape") {
    document.querySelector("[data-clear]")?.click();
    for (const open of document.querySelectorAll("[data-board] details[open]")) { open.open = false; open.querySelector("summary").focus(); }
  }
  if (!document.body.hasAttribute("data-keys") || !row) return;
  if (event.key === "x") row.querySelector("input[name=item]")?.click();
  else if (event.key === "e") { event.preventDefault(); dialog(row.querySelector("[data-edit]").dataset.edit); }
}

async function moved({ item, to, from, oldIndex }) {
  if (to === from) return;
  const back = () => from.insertBefore(item, from.children[oldIndex] ?? null);
  const { address } = item.dataset, state = to.dataset.column;
  if (to.hasAttribute("data-asks")) { back(); dialog(`${address}?to=${state}`); return; }
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  const answer = await fetch(address, { method: "POST", headers, body: new URLSearchParams({ to: state }) }).catch(() => null);
  if (answer?.status === 204) { location.reload(); return; }
  back();
  if (!answer) { toast("No connection. Nothing was changed. Try again.", true); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  toast(page.querySelector("[role=alert] p")?.textContent ?? "That did not work. Nothing was changed.", true);
}

function board() {
  for (const column of document.querySelectorAll("[data-board] [data-column]")) {
    Sortable.create(column, {
      group: "actions", draggable: "[data-card]", filter: "details", preventOnFilter: false, sort: false,
      delay: 200, delayOnTouchOnly: true, animation: 120, ghostClass: "opacity-50", onEnd: moved,
    });
  }
}

document.addEventListener("change", (event) => { if (event.target.name === "item") count(); });
document.addEventListener("reset", () => setTimeout(count));
document.addEventListener("keydown", keys);
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("[data-board] details[open]")) if (!open.contains(event.target)) open.open = false;
});
document.body.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "results") board(); });
addEventListener("pageshow", count);
board();
