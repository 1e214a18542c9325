// What is new for this person: the count in the frame, and beside the page where they asked the browser for it.
// A notification only says that something is new; what it is comes from the server, like every page.

import { newestInTurn } from "./in_turn.js";

const granted = () => "Notification" in window && Notification.permission === "granted";

let newest = 0;

function count(unread) {
  for (const node of document.querySelectorAll("[data-unread]")) {
    node.hidden = !unread;
    node.querySelector("[data-unread-number]").textContent = unread;
  }
}

async function refresh(address, pops) {
  const answer = await fetch(newest ? `${address}?after=${newest}` : address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return; // signed out or away: the next page says so
  const news = await answer.json();
  count(news.unread);
  const list = document.getElementById("notices");
  if (pops && list && !list.contains(document.activeElement)) newestInTurn("notices", () => window.htmx.ajax("GET", location.href, { source: document.getElementById("notices"), target: "#notices", swap: "outerHTML" }));
  if (pops && newest && granted()) for (const notice of news.notices) show(notice);
  newest = Math.max(newest, news.newest, 1);
}

// Several tabs hear the same ring; the browser shows one notification a tag.
function show({ id, title, text }) {
  const shown = new Notification(title, { body: text, tag: `allclear-${id}` });
  shown.onclick = () => { window.focus(); location.assign(`/inbox/${id}/`); shown.close(); };
}

function permission() {
  for (const form of document.querySelectorAll("[data-browser-notifications]")) {
    const refused = form.querySelector("[data-refused]");
    const off = () => { form.querySelector("button").disabled = true; refused.hidden = false; };
    if (!("Notification" in window)) { off(); continue; }
    form.hidden = false;
    if (Notification.permission === "denied") off();
    // Chosen, but this browser has not been asked yet: the button asks it.
    if (Notification.permission === "default") { form.elements.on.value = "yes"; form.querySelector("button").textContent = "Switch on"; }
    else if (granted() && form.hasAttribute("data-is-on")) form.hidden = true;
    form.addEventListener("submit", async (event) => {
      if (form.elements.on.value !== "yes" || granted()) return;
      event.preventDefault();
      if (await Notification.requestPermission() === "granted") form.submit();
      else off();
    });
  }
}

export function inbox() {
  permission();
  const address = document.querySelector("[data-inbox]")?.dataset.inbox;
  if (!address) return;
  if (granted()) refresh(address, false);
  document.addEventListener("inbox-rang", () => refresh(address, true));
  if (document.querySelector("meta[name=live]")) return; // that stream brings these notifications as well
  let source = null;
  const listen = () => {
    const wanted = !document.hidden || granted();
    if (wanted === !!source) return;
    if (!wanted) { source.close(); source = null; return; }
    let first = true;
    source = new EventSource("/live/inbox/");
    source.addEventListener("inbox", () => refresh(address, true));
    source.addEventListener("home", () => document.dispatchEvent(new Event("home-changed")));
    source.addEventListener("hello", () => { if (!first) { refresh(address, true); document.dispatchEvent(new Event("home-changed")); } first = false; document.documentElement.dataset.stream = "open"; });
  };
  listen();
  document.addEventListener("visibilitychange", () => { const was = source; listen(); if (!was && source) { refresh(address, true); document.dispatchEvent(new Event("home-changed")); } });
  addEventListener("pagehide", () => { source?.close(); source = null; });
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
}
