// Keys: hinted on the buttons, listed by “?”, off for who wants them off. Ctrl+Enter, Ctrl+K and Esc always work.
import { install, uninstall } from "@github/hotkey";

const installed = new Set();

// A page whose purpose is a form: a single key would throw away what is being typed.
function isFormPage() {
  if (document.querySelector("[data-room], [data-row], [data-node], [id^='event-'], [data-item]")) return false;
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

// The modifier of the platform, as its users know it.
const ON_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgentData?.platform ?? navigator.platform);
const MOD = ON_APPLE ? "⌘" : "Ctrl";

// Each line: keys pressed together are joined by “+”, one after the other by “then”; others are a choice.
const GROUPS = [
  ["Everywhere", [
    [`${MOD}+K`, "Search or run"], ["/", "Search or run"], ["c", "Declare an incident"], [`${MOD}+Enter`, "Send the form"],
    ["Esc", "Leave the field, then close"], ["?", "Show these keys"],
  ]],
  ["Go to", [
    ["g then h", "Home"], ["g then i", "Incidents"], ["g then n", "Inbox"], ["g then v", "Overview"],
    ["g then a", "Action items"], ["g then r", "Retrospectives"], ["g then t", "Insights"],
  ]],
  ["In a list", [["j k", "Next, previous"], ["o", "Open"], ["x", "Select an action item"], ["e", "Edit what is selected"]]],
  ["On an incident", [
    ["u", "Post an update"], ["p", "Change update time"], ["n", "Note"], ["h", "Hypothesis"], ["m", "Mitigation"], ["d", "Decision"],
    ["q", "Question"], ["e", "Evidence"], ["t", "Task"], ["s", "Severity"], ["a", "Take or hand over command"],
    ["r", "Automations"],
  ]],
];

// The hints on buttons are written with “Ctrl”; also in what is fetched later.
function nameModifier() {
  for (const hint of document.querySelectorAll(".kbd")) if (hint.textContent.includes("Ctrl")) hint.textContent = hint.textContent.replace("Ctrl", MOD);
}

const made = (name, text, className) => {
  const node = document.createElement(name);
  if (text) node.textContent = text;
  if (className) node.className = className;
  return node;
};

function drawn(combination) {
  const place = made("dt", "", "flex items-center gap-1 whitespace-nowrap");
  for (const part of combination.split(/( then |\+| )/)) {
    if (part === " ") continue;
    if (part === "+" || part === " then ") place.append(made("span", part.trim(), "text-xs muted"));
    else place.append(made("kbd", part, "key"));
  }
  return place;
}

function help() {
  const body = document.getElementById("dialog-body");
  const list = made("div", "", "p-5");
  const title = made("h2", "Keys", "text-lg mb-3");
  title.id = "dialog-title";
  const columns = made("div", "", "sm:columns-2 gap-8");
  for (const [name, lines] of GROUPS) {
    const part = made("section", "", "break-inside-avoid mb-4"), dl = made("dl", "", "keys-list");
    for (const [combination, what] of lines) dl.append(drawn(combination), made("dd", what));
    part.append(made("h3", name, "text-xs muted mb-1.5"), dl);
    columns.append(part);
  }
  list.append(title, columns);
  list.tabIndex = -1;
  body.replaceChildren(list);
  document.getElementById("dialog").showModal();
  list.focus();
}

export function keys() {
  if (ON_APPLE) { nameModifier(); document.body.addEventListener("htmx:afterSettle", nameModifier); }
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
    if (event.key !== "Escape" || document.querySelector("dialog[open], details.more[open]")) return;
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
