// What changed is fetched again, but never under an open menu, and what is being typed stays as it is.

import { toast } from "./dialogs.js";
import { newestInTurn } from "./in_turn.js";
import { fits, putBack, sameControl, typedIn, wasSent } from "./typed.js";

const EVENTS = "#timeline [id^=event-]";

const held = new Map();
const unfit = new Set(); // parts whose new state has no room for what is being typed in them
const own = new Set(); // parts that a change of one's own refreshes, in use or not
const wanted = new Set(); // those of them that are on their way

const owed = new Set(); // parts to be fetched once no change of one's own is on its way in them
const onTheirWay = new Map(); // request of a change of one's own → what sent it
let changes = 0; // how many changes of one's own have been answered
const sentAfter = new WeakMap(); // request → how many there were when it was sent
let pressed = null; // what a pointer is down on: drawn anew under it, a click would be lost
let pressedAt = null;

function busy(node) {
  if (!node) return false;
  const active = document.activeElement;
  if (node.dataset.live) return !!document.querySelector("dialog[open]") || !!node.querySelector("details.more[open], .htmx-request") || node.contains(pressed);
  return !!document.querySelector("dialog[open]")
    || node.matches(":hover") && matchMedia("(hover: hover)").matches && node.id === "rail"
    || (node.contains(active) && active.matches("input, textarea, select, button, a"))
    || !!node.querySelector("details[open]");
}

// A menu that is closed is fetched once it is opened.
const isLater = (node) => node?.dataset.whenSeen !== undefined && !node.checkVisibility();

function fetchInto(id, url, now) {
  if (now) own.add(id);
  newestInTurn(id, () => {
    const node = document.getElementById(id);
    if (!node) return null;
    if (own.delete(id)) wanted.add(id);
    else if (busy(node) || isLater(node)) { held.set(id, url); return null; }
    held.delete(id);
    unfit.delete(id);
    return window.htmx.ajax("GET", url, { source: node, target: `#${id}`, swap: "outerHTML", select: `#${id}` });
  }, now ? "own" : "live");
}

// What is stored by a change that `sender` sent. A field that sends by itself asks for hints, or is all that is sent.
const formOf = (sender) => sender.matches("form") ? sender : sender.matches("button") ? sender.form : null;

const kept = new WeakMap(); // request → what is in use, typed and unfolded in the part that its answer replaces

function keep({ target, xhr }, typed = typedIn(target)) {
  const active = !("board" in target.dataset) && target.contains(document.activeElement) ? document.activeElement : null; // a board keeps its focus itself
  const name = active && ["href", "aria-label", "name"].find((a) => active.getAttribute(a));
  kept.set(xhr, { typed, focus: name && `#${target.id} [${name}="${CSS.escape(active.getAttribute(name))}"]` });
}

// The same link or button in the new part takes the focus of the one it replaces, and what no change has stored stays typed.
function putInPlace({ target, xhr }) {
  const was = kept.get(xhr), made = was && document.getElementById(target.id);
  if (!made) return;
  kept.delete(xhr);
  if (was.focus) document.querySelector(was.focus)?.focus({ preventScroll: true });
  putBack(was.typed, made);
}

// Of several changes of one's own on their way at once, no answer is sure to show them all, and one that is drawn would take
// away the forms that the others were sent from. The part is fetched once the last of them is answered.
function comesTogether({ target, requestConfig, xhr }) {
  const isLate = sentAfter.has(requestConfig) && sentAfter.get(requestConfig) !== changes;
  if (requestConfig.verb === "get") return isLate;
  const others = [...onTheirWay].some(([one, elt]) => one !== requestConfig && target.contains(elt));
  return xhr.status < 400 && (isLate || others); // a form that was refused is shown with what is wrong
}

function fetchOwed() {
  for (const id of [...owed]) {
    const node = document.getElementById(id);
    if (node && [...onTheirWay.values()].some((elt) => node.contains(elt))) continue;
    owed.delete(id);
    if (!node) continue;
    const isTyping = typedIn(node).fields.length > 0;
    const part = node.dataset.live ? node : isTyping && node.querySelector("[data-live][data-src]");
    if (part) fetchInto(part.id, part.dataset.src, !isTyping);
    else window.htmx.ajax("GET", location.pathname + location.search, { source: node, target: `#${id}`, swap: "innerHTML" });
  }
}

// What was free when it was asked for may be in use when the answer comes.
function holdBack(event) {
  const { target, requestConfig, xhr } = event.detail;
  const isTogether = comesTogether(event.detail);
  if (requestConfig.verb !== "get") {
    changes += 1;
    if (xhr.status < 400) wasSent(formOf(requestConfig.elt));
  }
  if (isTogether && (target.dataset.live || "board" in target.dataset)) {
    wanted.delete(target.id);
    owed.add(target.id);
    event.detail.shouldSwap = false;
    return;
  }
  if ("board" in target.dataset && formOf(requestConfig.elt)) return keep(event.detail);
  if (!(["head", "rail", "home"].includes(target.id) || target.dataset.live)) return;
  if (wanted.delete(target.id) || requestConfig.verb !== "get") return keep(event.detail);
  if (!busy(target)) {
    if (!target.dataset.live) return;
    const typed = typedIn(target);
    if (fits(typed, event.detail.serverResponse)) return keep(event.detail, typed);
    if (!typed.fields.some(({ hasFocus }) => hasFocus)) return;
    toast("This section has changed. You see the change when you leave this field.");
    unfit.add(target.id);
  }
  event.detail.shouldSwap = false;
  held.set(target.id, requestConfig.path);
}

// The answer to one's own last change drew the part anew while the next button was being pressed.
function clickAgain({ clientX, clientY }) {
  const control = !pressed?.isConnected && pressed?.closest("button, a[href], summary");
  if (control && Math.hypot(clientX - pressedAt.clientX, clientY - pressedAt.clientY) < 10) sameControl(control)?.click();
}

const isTypedIn = (node) => node?.dataset.live && node.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
const release = () => {
  fetchOwed();
  for (const [id, url] of [...held]) {
    const node = document.getElementById(id);
    if (!busy(node) && !isLater(node) && !(unfit.has(id) && isTypedIn(node))) fetchInto(id, url);
  }
};

// Any part of a page may say which notifications it waits for and where it is fetched from.
const waitsFor = (part) => part.dataset.live.split(" ");

function parts(what) {
  const rung = new Set(what);
  return [...document.querySelectorAll("[data-live][data-src]")].filter((part) => rung.has("hello") || waitsFor(part).some((name) => rung.has(name)));
}

// A part that says when it is another, or how long it is good for, is fetched at that moment.
function fetchAgain() {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-again][data-src]")) {
    if (Date.parse(part.dataset.again) > Date.now()) continue;
    part.dataset.again = new Date(Date.now() + 60000).toISOString(); // where no new part comes
    fetchInto(part.id, part.dataset.src);
  }
}

function room() {
  const node = document.querySelector("[data-room]");
  if (!node) return null;
  const { head, rail, timeline, news } = node.dataset;
  const show = new URLSearchParams(location.search).get("show") ?? "all";
  const around = (now) => { fetchInto("head", head, now); fetchInto("rail", rail, now); };
  const pill = () => {
    const { newest, stamp } = document.getElementById("timeline").dataset;
    window.htmx.ajax("GET", `${news}?after=${newest}&stamp=${stamp}`, { source: document.getElementById("news"), target: "#news", swap: "innerHTML" });
  };
  const lines = () => newestInTurn("timeline", async () => {
    const before = new Set([...document.querySelectorAll(EVENTS)].map((e) => e.id));
    await window.htmx.ajax("GET", `${timeline}?show=${show}`, { source: document.getElementById("timeline"), target: "#timeline", swap: "outerHTML" });
    for (const row of document.querySelectorAll(EVENTS)) if (!before.has(row.id)) row.classList.add("is-new");
  });
  return { around, pill, lines };
}

export function live() {
  const here = room();
  document.body.addEventListener("incident-changed", () => {
    if (here) { held.clear(); here.around(true); here.lines(); }
    else if (document.getElementById("home")) location.reload();
    else for (const part of parts(["head"])) fetchInto(part.id, part.dataset.src); // with what was typed in it
  });
  document.addEventListener("reload-part", ({ detail }) => fetchInto(detail.id, detail.url, true));
  document.body.addEventListener("click", (event) => { if (event.target.closest("[data-refresh-timeline]")) here?.lines(); });
  document.body.addEventListener("htmx:beforeSend", ({ detail: { elt, requestConfig } }) => {
    sentAfter.set(requestConfig, changes);
    if (requestConfig.verb !== "get") onTheirWay.set(requestConfig, elt);
  });
  document.body.addEventListener("htmx:afterRequest", ({ detail: { requestConfig } }) => onTheirWay.delete(requestConfig));
  document.body.addEventListener("htmx:beforeSwap", holdBack);
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => putInPlace(detail));
  document.body.addEventListener("pointerdown", (event) => { pressed = event.target; pressedAt = event; });
  document.body.addEventListener("pointerup", clickAgain);
  for (const end of ["pointerup", "pointercancel"]) document.body.addEventListener(end, () => setTimeout(() => { pressed = null; release(); }, 50));
  document.body.addEventListener("htmx:afterRequest", () => setTimeout(release));
  document.body.addEventListener("pointerout", () => setTimeout(release));
  document.body.addEventListener("toggle", () => setTimeout(release), true);
  addEventListener("resize", () => setTimeout(release));
  document.body.addEventListener("focusout", () => setTimeout(release));
  for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", () => setTimeout(release, 50));

  setInterval(fetchAgain, 1000);

  const address = document.querySelector("meta[name=live]")?.content;
  if (!address) return;
  let lost = null, first = true, timer = null;
  const rung = new Set();
  const soon = (what) => {
    rung.add(what);
    timer ??= setTimeout(() => { timer = null; const now = new Set(rung); rung.clear(); react(now); }, 120);
  };
  const react = (what) => {
    for (const part of parts(what)) fetchInto(part.id, part.dataset.src);
    if (here) {
      if (what.has("head") || what.has("presence") || what.has("hello")) here.around();
      if (what.has("timeline") || what.has("head") || what.has("hello")) here.pill();
    } else if (document.getElementById("home")) fetchInto("home", document.getElementById("home").dataset.home);
  };
  const source = new EventSource(address);
  const names = new Set(["head", "timeline", "presence", "home"]);
  for (const part of document.querySelectorAll("[data-live]")) for (const name of waitsFor(part)) names.add(name);
  for (const what of names) source.addEventListener(what, () => soon(what));
  source.addEventListener("home", () => document.dispatchEvent(new Event("home-changed")));
  source.addEventListener("inbox", () => document.dispatchEvent(new Event("inbox-rang")));
  source.addEventListener("hello", () => {
    lost?.remove(); lost = null;
    if (first) for (const part of document.querySelectorAll("[data-catch-up][data-src]")) fetchInto(part.id, part.dataset.src); // what happened between the page and its stream
    else { soon("hello"); for (const what of ["inbox-rang", "home-changed"]) document.dispatchEvent(new Event(what)); }
    first = false;
    document.documentElement.dataset.stream = "open";
  });
  source.onerror = () => {
    document.documentElement.dataset.stream = "lost";
    if (lost) return;
    lost = document.createElement("div");
    lost.className = "toast-i pr-4!";
    lost.textContent = `Live updates stopped at ${new Date().toTimeString().slice(0, 5)}. Trying again.`;
    document.getElementById("toasts").append(lost);
  };
  addEventListener("pagehide", () => source.close());
}
