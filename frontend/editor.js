// A section that several people write at once. Loaded on its page alone; without it there is a form.

import "./mentions.js";
import { makeEditor } from "./editing/section.js";
import { keepRefused, offerUnsent, showRefused } from "./editing/refused.js";
import { showElsewhere, showPresent } from "./editing/presence.js";
import { Sync } from "./editing/sync.js";

const WORDS = { saved: "Saved", saving: "Saving", offline: "Offline, kept here", ended: "Read only" };

const place = document.getElementById("writing");
if (place?.dataset.document) begin();

function post(address, values) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  return fetch(address, { method: "POST", headers: { ...headers, "HX-Request": "true" }, body: new URLSearchParams(values) });
}

function begin() {
  const { document: number, person, label, hints, leave } = place.dataset;
  const writes = place.dataset.mayWrite === "yes";
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const refusedKey = `refused:${person}:${number}`;
  let editor = null, opening = false, isRefused = false;
  showRefused(refusedKey);
  const sync = new Sync({
    address: `${scheme}//${location.host}/live/documents/${number}/`,
    storageKey: `unsaved:${person}:${number}`,
    onState: (now) => {
      showState(now);
      if (!opening && (now.caughtUp || now.pending)) { opening = true; editor = open(); }
      if (editor && editor.isEditable !== canWrite(now)) editor.setEditable(canWrite(now));
      if (editor && now.ended && now.pending && !isRefused) {
        isRefused = true;
        (now.refused ? keepRefused : offerUnsent)(refusedKey, now.ended, editor.getText({ blockSeparator: "\n\n" }));
      }
    },
  });
  const canWrite = (now) => writes && !now.ended && now.mayWrite !== false;

  function open() {
    const prose = document.getElementById("prose");
    prose.replaceChildren();
    const made = makeEditor({ element: prose, sync, label, editable: canWrite(sync), writes, hints: writes ? { address: hints, leave, post, onCount: showHints } : null });
    tools(made);
    sync.awareness.on("change", () => { showPresent(sync); showElsewhere(sync, made); });
    made.on("transaction", () => showElsewhere(sync, made));
    document.addEventListener("selectionchange", quoteSelection);
    document.getElementById("to_hints")?.addEventListener("click", () => made.commands.nextHint());
    showPresent(sync);
    return made;
  }
  // For tests and for whoever looks into the console.
  Object.defineProperty(window, "allclearWriting", { value: { sync, get editor() { return editor; } } });
}

function showState(now) {
  const box = document.getElementById("saved");
  box.hidden = false;
  for (const mark of box.querySelectorAll("[data-mark]")) mark.hidden = mark.dataset.mark !== (now.state === "ended" ? "offline" : now.state);
  const says = box.querySelector("[data-says]");
  const words = now.ended ? (now.refused ? "Not saved" : now.pending ? `${now.ended} Your last text is kept in this browser.` : now.ended) : now.mayWrite === false || place.dataset.mayWrite === "no" ? (now.isOpen ? "Live" : "Offline") : WORDS[now.state];
  if (says.textContent !== words) says.textContent = words;
  box.dataset.state = now.state;
}

function showHints(count) {
  const button = document.getElementById("to_hints");
  if (!button) return;
  button.hidden = !count;
  button.querySelector("span").textContent = count === 1 ? "1 hint on wording" : `${count} hints on wording`;
}

function tools(editor) {
  const bar = document.getElementById("tools");
  if (!bar) return;
  bar.hidden = false;
  const run = {
    bold: (c) => c.toggleBold(), italic: (c) => c.toggleItalic(), code: (c) => c.toggleCode(), heading: (c) => c.toggleHeading({ level: 3 }),
    bulletList: (c) => c.toggleBulletList(), orderedList: (c) => c.toggleOrderedList(), blockquote: (c) => c.toggleBlockquote(),
  };
  const buttons = [...bar.querySelectorAll("[data-tool]")];
  buttons.forEach((button, n) => {
    button.tabIndex = n ? -1 : 0;
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => run[button.dataset.tool](editor.chain().focus()).run());
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = buttons[(n + step + buttons.length) % buttons.length];
      buttons.forEach((b) => { b.tabIndex = b === next ? 0 : -1; });
      next.focus();
    });
  });
  const show = () => { for (const button of buttons) button.setAttribute("aria-pressed", String(editor.isActive(button.dataset.tool))); bar.hidden = !editor.isEditable; };
  editor.on("transaction", show);
  editor.on("update", show);
}

// The words that are marked become the words a comment is about.
function quoteSelection() {
  const field = document.querySelector("#comment_form [name=quote]"), marked = getSelection();
  if (!field || !marked.rangeCount || marked.isCollapsed || !document.getElementById("prose").contains(marked.anchorNode)) return;
  field.value = String(marked).replace(/\s+/g, " ").trim().slice(0, 300);
}
