// Causes and learnings: keys, dragging and undo on a board that the server draws again after every change.
import Sortable from "sortablejs";
import { toast } from "./dialogs.js";
import { evidence, frame } from "./evidence.js";
import { inTurn } from "./in_turn.js";
import { outline } from "./outline.js";

const box = document.querySelector("[data-board]");
let typing = null; // the line of an outline
let missed = false; // a redraw, while a row was being dragged
const link = (node) => node?.querySelector(":scope > .node [data-node-link]");
const links = () => [...box.querySelectorAll("[data-node-link]")].filter((one) => one.offsetParent !== null);

// The same button as before the board was drawn again, else the factor's words.
function focusOn(key, label) {
  const node = key && box.querySelector(`[data-node="${CSS.escape(key)}"]`);
  const same = node && label && node.querySelector(`[aria-label="${CSS.escape(label)}"]`);
  const target = node && (same || link(node) || node.querySelector("a, button"));
  if (target) target.focus();
  return !!target;
}

function press(form, values = {}) {
  if (!form) return;
  post(form.getAttribute("action"), values);
}

function post(address, values) {
  inTurn("board", () => window.htmx.ajax("POST", address, { source: box, target: `#${box.id}`, swap: "innerHTML", values }));
}

const MOVES = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };
const LETTERS = { a: "[data-why]", h: "[data-how]", e: "[data-node-link]" };

function steer(event, node) {
  const own = (selector) => node.querySelector(`:scope > .node ${selector}`);
  const fold = own("[data-fold]");
  const all = links(), at = all.indexOf(link(node));
  const go = (index) => all[Math.max(0, Math.min(all.length - 1, index))]?.focus();
  if (event.altKey && MOVES[event.key]) return press(own("[data-place]"), { step: MOVES[event.key] }) ?? true;
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  switch (event.key) {
    case "ArrowDown": go(at + 1); return true;
    case "ArrowUp": go(at - 1); return true;
    case "Home": go(0); return true;
    case "End": go(all.length - 1); return true;
    case "ArrowRight": fold?.getAttribute("aria-expanded") === "false" ? fold.click() : fold && go(at + 1); return true;
    case "ArrowLeft": fold?.getAttribute("aria-expanded") === "true" ? fold.click() : link(node.parentElement.closest("[data-node]"))?.focus(); return true;
    case "Delete": press(own("[data-removal]")); return true;
    default: {
      const target = document.body.hasAttribute("data-keys") && LETTERS[event.key] && own(LETTERS[event.key]);
      target?.click();
      return !!target;
    }
  }
}

function keys() {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z" && !typing) {
      const undo = box.querySelector("[data-undo]");
      if (undo) { event.preventDefault(); press(undo); }
      return;
    }
    const node = event.target.matches?.("[data-node-link]") && event.target.closest("[data-node]");
    if (node && steer(event, node)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const known = event.target.closest("[data-suggested]");
    if (!known) return;
    const form = known.closest("form");
    form.elements.text.value = known.dataset.suggested;
    if (known.dataset.bone && form.elements.category && !form.elements.category.value) form.elements.category.value = known.dataset.bone;
    form.elements.text.focus();
    document.getElementById("factor-known").replaceChildren();
  });
}

function cardUnder(event, item) {
  const { clientX, clientY } = event?.changedTouches?.[0] ?? event ?? {};
  if (clientX === undefined) return null;
  const card = document.elementsFromPoint(clientX, clientY).map((one) => one.closest?.("[data-node]")).find((one) => one && one !== item);
  return card && box.contains(card) ? card : null;
}

function dragging() {
  for (const list of box.querySelectorAll("[data-branch]")) {
    if (Sortable.get(list) || !box.querySelector("[data-place]")) continue;
    Sortable.create(list, {
      group: box.id, draggable: "[data-node]", handle: ".node, .learn", filter: "a:not([data-node-link]), button, summary, input, select", preventOnFilter: false,
      delay: 200, delayOnTouchOnly: true, fallbackOnBody: true, swapThreshold: 0.6, ghostClass: "is-ghost",
      sort: list.dataset.name !== "group", // cards have no order of their own; one lies on another where it is dropped
      onStart: () => box.classList.add("is-dragging"),
      onEnd: ({ item, to, from, newDraggableIndex, oldDraggableIndex, originalEvent }) => {
        box.classList.remove("is-dragging");
        const was = missed;
        missed = false;
        const under = to === from && list.dataset.name === "group" && cardUnder(originalEvent, item);
        if (under) { setTimeout(() => press(item.querySelector("[data-pair]"), { other: under.dataset.node })); return; }
        if (to === from && newDraggableIndex === oldDraggableIndex) { if (was) again(); return; }
        const values = { [to.dataset.name ?? "parent"]: to.dataset.branch, position: newDraggableIndex };
        setTimeout(() => press(item.querySelector("[data-place]"), values)); // once the row is back to rest
      },
    });
  }
}

// The words of a change, with the way back.
function said(text) {
  toast(text);
  const last = [...document.querySelectorAll("#toasts > *")].at(-1);
  const undo = box.querySelector("[data-undo]");
  if (!undo || !last) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "min-h-9 px-3 font-semibold underline underline-offset-3 cursor-pointer";
  button.textContent = "Undo";
  button.addEventListener("click", () => { last.remove(); press(box.querySelector("[data-undo]")); });
  last.append(button);
}

const again = () => inTurn("board", () => window.htmx.ajax("GET", location.pathname + location.search, { source: box, target: `#${box.id}`, swap: "innerHTML" }));

function redrawing() {
  let words = null, had = null, label = null, goal = null, own = false, last = null, since = 0;
  box.addEventListener("focusin", (event) => {
    const node = event.target.closest("[data-node]");
    if (node) { last = node.dataset.node; since = Date.now(); }
    frame(box);
  });
  document.body.addEventListener("board-said", (event) => { words = event.detail.text; });
  document.body.addEventListener("board-refused", again);
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    if (!box.contains(target)) return;
    if (target === box && event.detail.requestConfig.verb !== "get" && event.detail.requestConfig.elt?.id !== "causes-sender") own = true; // what one did oneself says where to go
    if (box.classList.contains("is-dragging")) { event.detail.shouldSwap = false; missed = true; return; } // somebody else's change, under a finger
    // htmx carries attributes over to the new rows; dragging left styles that the policy would refuse as attributes
    for (const row of box.querySelectorAll("[style]")) row.removeAttribute("style");
    const active = document.activeElement;
    had = active?.closest?.("[data-node]")?.dataset.node ?? null;
    label = active?.getAttribute?.("aria-label");
  });
  const focusBack = () => {
    if (document.querySelector("dialog[open]") || typing?.isWriting()) return;
    if (document.activeElement?.closest("[data-editor]")) return;
    const writing = box.querySelector("[data-write-again]");
    if (writing) writing.focus();
    else if (goal && focusOn(goal, label)) goal = null;
    else if (!box.contains(document.activeElement)) {
      const stays = had && box.querySelector(`[data-node="${CSS.escape(had)}"]`);
      const lost = Date.now() - since < 4000 ? last : null; // the board stands still while it saves, and is drawn again
      focusOn(stays ? had : lost, label);
    }
  };
  document.getElementById("dialog")?.addEventListener("close", () => setTimeout(() => { if (document.activeElement?.matches("body, #main")) focusBack(); }));
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.target !== box && !box.contains(event.target)) return;
    dragging();
    frame(box);
    const edited = box.querySelector("[data-row-text]:not([data-seen])");
    if (edited) { // a row that has just been opened
      edited.dataset.seen = "";
      if (event.detail.requestConfig?.verb === "get" && event.detail.target === box) { edited.focus(); edited.setSelectionRange(edited.value.length, edited.value.length); return; }
    }
    if (event.detail.target !== box) return;
    if (own) { goal = box.firstElementChild?.dataset.at || goal; own = false; }
    focusBack();
    setTimeout(() => { if (document.activeElement?.matches("body, #main")) focusBack(); }, 20); // a dialog that closes gives its focus away late
    if (words) { said(words); words = null; }
  });
}

if (box) {
  if (box.querySelector("[data-line]")) typing = outline(box, link);
  keys();
  dragging();
  redrawing();
  evidence(box, post);
  focusOn(new URLSearchParams(location.search).get("at"));
}
