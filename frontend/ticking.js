// Spans of time that the server rendered and that go on counting: elapsed, ago, due.

const words = (ms) => {
  const minutes = Math.floor(ms / 60000);
  if (minutes < 1) return "under 1 min";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 2880) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
};

const set = (node, text) => { if (node.textContent !== text) node.textContent = text; };

function due(node, left) {
  const span = node.querySelector("span") ?? node;
  node.classList.toggle("overdue", left < 0);
  node.classList.toggle("due-soon", left >= 0 && left <= 300000);
  if (left < 0) return set(span, `${words(-left)} overdue`);
  if (left > 300000) return set(span, `in ${words(left)}`);
  const seconds = Math.floor(left / 1000);
  set(span, `in ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
}

// A countdown that goes on counting when it is over.
function left(node, ms) {
  const seconds = Math.round(ms / 1000), whole = Math.abs(seconds);
  node.closest("[aria-label]")?.toggleAttribute("data-over", seconds < 0);
  set(node, `${seconds < 0 ? "+" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`);
}

function tick() {
  const now = Date.now();
  let overdue = 0, where = "";
  for (const node of document.querySelectorAll("[data-tick]")) {
    const at = Date.parse(node.dateTime);
    if (node.dataset.tick === "timer") { const spent = Math.max(0, Math.floor((now - at) / 1000)); set(node, `${Math.floor(spent / 60)}:${String(spent % 60).padStart(2, "0")}`); }
    else if (node.dataset.tick === "left") left(node, at - now);
    else if (node.dataset.tick === "due") { due(node, at - now); const owed = node.closest("[data-owed]"); if (owed && now - at > overdue) { overdue = now - at; where = owed.dataset.owed; } }
    else set(node, words(now - at) + (node.dataset.tick === "ago" ? " ago" : ""));
  }
  for (const node of document.querySelectorAll("[data-until]")) {
    const left = Date.parse(node.dataset.until) - now;
    if (left <= 0) node.remove();
    else set(node.querySelector("[data-left]"), `in ${Math.ceil(left / 1000)} s`);
  }
  const error = document.title.startsWith("Error: ") ? "Error: " : "";
  const title = document.title.slice(error.length).replace(/^\(!\) [^·]+ late · (?:\S+-\d+ · )?/, "");
  set(document.querySelector("title"), error + (overdue ? `(!) ${words(overdue)} late · ${where ? `${where} · ` : ""}${title}` : title));
}

export function ticking() {
  tick();
  setInterval(tick, 1000);
}
