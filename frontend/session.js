// A session: the screen that presents it is steered by single keys, and those who follow go along from part to part.

const store = sessionStorage;
const key = (name) => `follow:${location.pathname.split("/")[2]}:${name}`;
const bar = () => document.getElementById("retro_follow");
// Words that are not sent yet, wherever the focus is: a part of the page that is drawn again loses it for a moment.
const isTyping = () => document.activeElement?.matches("[contenteditable=true]")
  || [...document.querySelectorAll("main textarea, main input[type=text], main input:not([type])")].some((field) => field.value.trim() && field.value !== field.defaultValue);

function show(node, stopped) {
  const [on, off] = ["[data-following]", "[data-not-following]"].map((one) => node.querySelector(one));
  if (on) on.hidden = stopped;
  if (off) off.hidden = !stopped;
}

// Along to the part that is on, once for each part and each call; never away from words that are being typed.
function follow() {
  const node = bar();
  if (!node || node.dataset.on === undefined) return;
  const stopped = store.getItem(key("stopped")) === "yes";
  show(node, stopped);
  const now = `${node.dataset.part} ${node.dataset.called}`;
  if (stopped || store.getItem(key("seen")) === now) return;
  if (isTyping()) { node.classList.add("is-waiting"); return; }
  store.setItem(key("seen"), now);
  if (location.pathname !== node.dataset.follow) location.assign(node.dataset.follow);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-follow-stop]")) { store.setItem(key("stopped"), "yes"); show(bar(), true); }
  else if (event.target.closest("[data-follow-start]")) { store.removeItem(key("stopped")); store.removeItem(key("seen")); follow(); }
});
let soon = null;
const later = () => { clearTimeout(soon); soon = setTimeout(follow, 100); }; // what was typed is back by then
document.addEventListener("focusout", later);
document.addEventListener("input", later);
document.body.addEventListener("htmx:afterSettle", later);

document.addEventListener("keydown", (event) => {
  const stage = document.getElementById("stage");
  if (!stage || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest?.("input, textarea, select")) return;
  if (event.key === " " && event.target.closest?.("button, a")) return; // it presses what has the focus
  const button = [...stage.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key && !one.disabled);
  if (button) { event.preventDefault(); event.stopPropagation(); button.click(); }
}, true);
follow();
