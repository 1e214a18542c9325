// Keys: hinted on the buttons, listed by “?”, off for who wants them off. Ctrl+Enter, Ctrl+K and Esc always work.
import { install, uninstall } from "@github/hotkey";

const installed = new Set();

// A page whose purpose is a form: a single key would throw away what is being typed.
function isFormPage() {
  if (document.querySelector("[data-room], [data-row], [data-node], [data-event], [data-item]")) return false;
  return !!document.querySelector("main form[method=post] :is(textarea, select, input:not([type=hidden], [type=submit]))");
}

function refresh() {
  for (const node of installed) if (!node.isConnected) { uninstall(node); installed.delete(node); }
  for (const node of document.querySelectorAll("[data-hotkey]")) {
    if (installed.has(node)) continue;
    install(node);
    installed.add(node);
  }
}

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))].focus();
}

const NAMES = [["c", "Declare an incident"], ["g h", "Home"], ["g i", "Incidents"], ["g a", "Action items"], ["g n", "Inbox"], ["g v", "Overview"], ["g r", "Retrospectives"], ["g t", "Insights"], ["/ or ⌘K", "Search or run"], ["j k o", "Move in a list, open"], ["x e", "Select, edit in a list of action items"],
  ["n h m d q", "Note, hypothesis, mitigation, decision, question"], ["u", "Status update"], ["p", "Change update time"], ["e", "Evidence"], ["t", "Task"], ["s", "Severity"], ["a", "Take or hand over command"], ["Ctrl Enter", "Send the form"], ["Esc", "Leave the field, then close"]];

function help() {
  const body = document.getElementById("dialog-body");
  const list = document.createElement("div");
  list.className = "p-5";
  const title = document.createElement("h2");
  title.id = "dialog-title"; title.className = "text-lg mb-3"; title.textContent = "Keys";
  const dl = document.createElement("dl");
  dl.className = "dl";
  for (const [key, what] of NAMES) {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = key; dd.textContent = what;
    dl.append(dt, dd);
  }
  list.append(title, dl);
  list.tabIndex = -1;
  body.replaceChildren(list);
  document.getElementById("dialog").showModal();
  list.focus();
}

export function keys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form");
      const button = form?.querySelector("button.btn-primary, button.btn-neutral") ?? form?.querySelector("button:not([type=button])");
      if (button) { event.preventDefault(); form.requestSubmit(button); }
    }
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) document.querySelector("[data-palette]")?.click();
    }
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("textarea, select, input:not([type=radio], [type=checkbox])")) event.target.blur();
    else document.querySelector("a[data-escape]")?.click();
  });
  if (!document.body.hasAttribute("data-keys")) return;
  if (isFormPage()) { document.body.dataset.formPage = ""; return; }
  refresh();
  document.body.addEventListener("htmx:afterSettle", refresh);
  document.addEventListener("hotkey-fire", (event) => {
    if (document.querySelector("dialog[open]")) { event.preventDefault(); return; }
    const radio = event.target.closest("input[type=radio]");
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    radio.form.querySelector("textarea")?.focus();
  }, true); // it does not bubble
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "o") document.activeElement.matches("[data-row]") && document.activeElement.click();
    else if (event.key === "?") help();
  });
  document.body.addEventListener("click", (event) => {
    const link = event.target.closest("[data-kind]");
    const radio = link && document.querySelector(`#composer input[value=${link.dataset.kind}]`);
    if (!radio) return;
    event.preventDefault();
    document.getElementById("sheet")?.close();
    radio.click();
    document.querySelector("#composer textarea").focus();
  });
}
