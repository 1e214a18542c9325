// Ctrl-K: the palette page's form in a dialog, driven by arrows.
import Combobox from "@github/combobox-nav";

let combobox = null;

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
  dialog.addEventListener("htmx:afterSettle", () => { if (dialog.open) bind(dialog); });
  dialog.addEventListener("combobox-commit", (event) => { if (event.target.matches("a:not(:hover)")) event.target.click(); });
  dialog.addEventListener("submit", (event) => { if (dialog.querySelector("[aria-selected=true]")) event.preventDefault(); });
}
