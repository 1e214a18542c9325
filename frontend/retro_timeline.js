// The timeline of a retrospective: edit by key, the slider without reloading, parts fetched anew after a change.

const section = () => document.getElementById("account");

function fetched(url) {
  for (const node of [section(), document.getElementById("measures")]) {
    // one's own change is shown also where one's focus is
    if (node) document.dispatchEvent(new CustomEvent("reload-part", { detail: { id: node.id, url: typeof url === "string" ? url : node.dataset.src } }));
  }
}

// The row in use keeps the focus when the section is replaced.
let used = "", slid = null, resting = null, refocus = false;
document.body.addEventListener("account-changed", fetched);
document.body.addEventListener("focusin", (event) => {
  const row = event.target.closest("#account [data-row]");
  if (row) used = row.id;
  else if (!event.target.closest("dialog") && event.target.id !== "main") used = "";
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "account") return;
  const range = document.getElementById("known");
  if (range && slid !== null) { range.value = slid; range.dataset.touched = "yes"; }
  show();
  if (refocus) { refocus = false; range?.focus({ preventScroll: true }); return; }
  if (used && !document.querySelector("dialog[open]")) document.getElementById(used)?.focus({ preventScroll: true });
});

// Rows are selected by their boxes, with Shift from the last one on, by x on the row in use; they stay selected while
// the section is replaced.
const boxes = () => [...document.querySelectorAll("#account .tl-pick input")];
let selected = new Set(), last = null;
function count() {
  selected = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
  const label = document.querySelector("#account [data-selected]");
  if (label) label.textContent = `${selected.size} selected`;
}
function choose(box, ranges) {
  const all = boxes().filter((one) => !one.closest(".hidden")), from = all.findIndex((one) => one.value === last), to = all.indexOf(box);
  if (ranges && from >= 0) for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked;
  last = box.value;
  count();
}
document.addEventListener("click", (event) => {
  if (event.target.matches?.("#account .tl-pick input")) choose(event.target, event.shiftKey);
});
document.addEventListener("mousedown", (event) => { if (event.shiftKey && event.target.closest?.(".tl-pick")) event.preventDefault(); }); // no text is marked
document.addEventListener("reset", (event) => { if (event.target.id === "rows-form") setTimeout(count); });
document.body.addEventListener("account-changed", () => { selected = new Set(); for (const box of boxes()) box.checked = false; });
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "account") return;
  for (const box of boxes()) box.checked = selected.has(box.value);
  count();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && selected.size) { document.querySelector("#account [data-clear]")?.click(); return; }
  if (event.key.toLowerCase() !== "x" || !document.body.hasAttribute("data-keys")) return;
  if (event.target.closest?.("input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]")) return;
  const box = document.activeElement?.closest("[data-row]")?.querySelector(".tl-pick input");
  if (!box) return;
  event.preventDefault();
  box.checked = !box.checked;
  choose(box, event.shiftKey);
});
addEventListener("pageshow", count);

document.addEventListener("keydown", (event) => {
  if (event.key !== "e" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!document.body.hasAttribute("data-keys") || document.querySelector("dialog[open]")) return;
  if (event.target.closest?.("input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]")) return;
  const edit = document.activeElement?.closest("[data-row]")?.querySelector("[data-edit]");
  if (edit) { event.preventDefault(); edit.click(); }
});

function words(stamp, seen, all) {
  const at = new Date(stamp * 1000);
  const { zone } = document.getElementById("slider").dataset;
  const form = (timeZone) => at.toLocaleTimeString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  return `at ${form(zone)} (${form("UTC")} UTC): ${seen} of ${all} rows on this page`;
}

// Between two points of the picture's clock the line moves in proportion.
function place(scale, stamp) {
  const points = scale.split(" ").map((point) => point.split(":").map(Number));
  if (stamp <= points[0][0]) return points[0][1];
  for (let i = 1; i < points.length; i += 1) {
    const [[a, x], [b, y]] = [points[i - 1], points[i]];
    if (stamp <= b) return b > a ? x + (y - x) * (stamp - a) / (b - a) : y;
  }
  return points.at(-1)[1];
}

function line(figure, stamp, shown) {
  let mark = figure.querySelector(".known-line");
  if (!mark) {
    mark = document.createElementNS("http://www.w3.org/2000/svg", "path");
    mark.setAttribute("class", "now known-line");
    mark.setAttribute("stroke-dasharray", "2 3");
    figure.append(mark);
  }
  const { height, width } = figure.viewBox.baseVal;
  const x = Math.min(Math.max(place(figure.dataset.scale, stamp), 0), width);
  mark.setAttribute("d", shown ? `M${x.toFixed(1)} 70V${height - 40}` : "");
}

function show() {
  const range = document.getElementById("known");
  if (!range || range.dataset.touched !== "yes") return;
  const stamp = Number(range.form.dataset.start) + Number(range.value) * 60;
  const all = range.value === range.max;
  const rows = [...document.querySelectorAll("#account [data-row]")];
  let seen = 0;
  for (const row of rows) {
    const known = all || Number(row.dataset.known) <= stamp;
    row.classList.toggle("hidden", !known);
    seen += known ? 1 : 0;
  }
  for (const moment of document.querySelectorAll("#picture .moment")) moment.classList.toggle("later", !all && Number(moment.dataset.known) > stamp);
  for (const figure of document.querySelectorAll("#picture svg[data-scale]")) line(figure, stamp, !all);
  document.getElementById("known_words").textContent = all ? "all of it" : words(stamp, seen, rows.length);
}

document.body.addEventListener("input", (event) => {
  if (event.target.id !== "known") return;
  event.target.dataset.touched = "yes";
  slid = event.target.value;
  show();
});
// The list hides rows while the slider moves. Where it comes to rest, the server draws the picture and the figures
// without what came later.
document.body.addEventListener("change", (event) => {
  if (event.target.id !== "known") return;
  clearTimeout(resting);
  resting = setTimeout(() => {
    const range = document.getElementById("known");
    if (!range) return;
    const values = new FormData(range.form);
    if (range.value === range.max) values.delete("known");
    const url = `${range.form.getAttribute("action")}?${new URLSearchParams(values)}`;
    history.replaceState(null, "", url);
    slid = null;
    refocus = document.activeElement === range;
    fetched(url);
  }, 150);
});
