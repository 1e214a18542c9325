// Ctrl-K: the palette page's form in a dialog, driven by arrows.
// The dialog opens and takes the focus at once; its page replaces the field, with what was typed meanwhile.
import Combobox from "@github/combobox-nav";

let combobox = null;
let entered = false; // Enter came before the results of what was typed

const field = (dialog) => dialog.querySelector("input[type=search]");
const asked = (dialog) => field(dialog).value.trim();
const shown = (dialog) => dialog.querySelector("#results")?.dataset.q;
const first = (dialog) => dialog.querySelector("[role=option][aria-selected=true]") ?? dialog.querySelector("[role=option]");

function bind(dialog) {
  combobox?.destroy();
  const input = dialog.querySelector("#palette-input"), list = dialog.querySelector("[role=listbox]");
  if (!input || !list) return;
  combobox = new Combobox(input, list, { firstOptionSelectionMode: "selected" });
  combobox.start();
}

// The field that stands in until the page has come.
function waiting() {
  const row = document.createElement("div");
  row.className = "flex items-center gap-3 px-4 border-b border-line min-h-12";
  const input = document.createElement("input");
  input.type = "search";
  input.className = "grow bg-transparent outline-none text-lg min-h-11 min-w-0";
  input.setAttribute("aria-label", "Search or run");
  input.autocomplete = "off";
  row.append(input);
  return row;
}

async function open(dialog, link) {
  const here = document.querySelector("[data-room]")?.dataset.room ?? "";
  const back = document.activeElement;
  entered = false;
  dialog.replaceChildren(waiting());
  dialog.showModal();
  field(dialog).focus();
  dialog.addEventListener("close", () => { combobox?.destroy(); combobox = null; dialog.replaceChildren(); back?.focus?.(); }, { once: true });
  const answer = await fetch(`${link.getAttribute("href")}?in=${here}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!dialog.open) return;
  if (!answer?.ok) { location.assign(link.href); return; }
  const typed = field(dialog).value;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!dialog.open) return;
  const late = field(dialog).value || typed;
  dialog.replaceChildren(...page.body.childNodes);
  window.htmx.process(dialog);
  bind(dialog);
  field(dialog).focus();
  if (!late) return;
  field(dialog).value = late;
  field(dialog).dispatchEvent(new Event("input", { bubbles: true }));
}

export function palette() {
  const dialog = document.getElementById("palette");
  document.body.addEventListener("click", (event) => {
    const link = event.target.closest("[data-palette]");
    if (!link || event.ctrlKey || event.metaKey || dialog.open) return;
    event.preventDefault();
    open(dialog, link);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close(); });
  dialog.addEventListener("htmx:afterSwap", () => {
    if (!dialog.open) return;
    bind(dialog);
    if (entered && asked(dialog) === shown(dialog)) { entered = false; first(dialog)?.click(); }
  });
  dialog.addEventListener("input", (event) => { if (event.isTrusted) entered = false; });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); dialog.close(); return; } // else it only empties the field
    if (event.key !== "Enter" || asked(dialog) === shown(dialog)) return;
    event.preventDefault();
    event.stopPropagation();
    entered = true;
  }, true);
  dialog.addEventListener("submit", (event) => { event.preventDefault(); first(dialog)?.click(); });
}
