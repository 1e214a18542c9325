// Alerts: select by key and count what is selected; routes: drag them into another order.
import Sortable from "sortablejs";

const KEPT = "input:not([type=checkbox]), textarea, select, [contenteditable]";

function count() {
  const chosen = document.querySelectorAll("[data-alerts] input[name=alert]:checked").length;
  const label = document.querySelector("[data-selected]");
  if (label) label.textContent = `${chosen} selected`;
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || event.target.closest?.(KEPT)) return;
  if (event.key === "Escape") document.querySelector("[data-clear]")?.click();
  const row = document.activeElement.closest("[data-alert]");
  if (document.body.hasAttribute("data-keys") && row && event.key === "x") row.querySelector("input[name=alert]")?.click();
}

// Where it was dropped, the form that its buttons send.
function dropped({ item, oldIndex, newIndex }) {
  if (oldIndex === newIndex) return;
  const form = item.querySelector("[data-place]");
  window.htmx.ajax("POST", form.getAttribute("action"), { source: form, target: "#routes", swap: "outerHTML", values: { to: newIndex + 1 } });
}

function routes() {
  const list = document.querySelector("[data-routes]");
  if (list) Sortable.create(list, { handle: "[data-handle]", draggable: "[data-route]", animation: 120, ghostClass: "opacity-50", onEnd: dropped });
}

document.addEventListener("change", (event) => { if (event.target.name === "alert") count(); });
document.addEventListener("reset", () => setTimeout(count));
document.addEventListener("keydown", keys);
// After a move by a button the same button has the focus again, as the list is drawn anew.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const button = document.activeElement;
  if (event.target.matches?.("[data-place]")) event.target.dataset.pressed = button?.id ?? "";
});
document.body.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "routes") routes(); });
addEventListener("pageshow", count);
routes();
