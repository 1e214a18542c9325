// Ctrl-K: the palette page's form in a dialog, driven by arrows.
import Combobox from "@github/combobox-nav";

let combobox = null;
let entered = false; // Enter came before the results of what was typed

const asked = (dialog) => dialog.querySelector("#palette-input").value.trim();
const shown = (dialog) => dialog.querySelector("#results").dataset.q;
const first = (dialog) => dialog.querySelector("[role=option][aria-selected=true]") ?? dialog.querySelector("[role=option]");

function bind(dialog) {
  combobox?.destroy();
  const input = dialog.querySelector("#palette-input"), list = dialog.querySelector("[role=listbox]");
  if (!input || !list) return;
  combobox = new Combobox(input, list, { firstOptionSelectionMode: "selected" });
  combobox.start();
}

export function palette() {
  const dialog = document.getElementById("palette");
  document.body.addEventListener("click", (event) => {
    const link = event.target.closest("[data-palette]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const here = document.querySelector("[data-room]")?.dataset.room ?? "";
    const back = document.activeElement;
    window.htmx.ajax("GET", `${link.getAttribute("href")}?in=${here}`, { target: "#palette", swap: "innerHTML" }).then(() => {
      dialog.showModal();
      bind(dialog);
      dialog.querySelector("input[type=search]").focus();
      dialog.addEventListener("close", () => { combobox?.destroy(); combobox = null; dialog.replaceChildren(); back?.focus?.(); }, { once: true });
    });
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("htmx:afterSwap", () => {
    if (!dialog.open) return;
    bind(dialog);
    if (entered && asked(dialog) === shown(dialog)) { entered = false; first(dialog)?.click(); }
  });
  dialog.addEventListener("input", () => { entered = false; });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || asked(dialog) === shown(dialog)) return;
    event.preventDefault();
    event.stopPropagation();
    entered = true;
  }, true);
  dialog.addEventListener("submit", (event) => { event.preventDefault(); first(dialog)?.click(); });
}
