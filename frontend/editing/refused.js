// What was typed and the server would not take: kept apart, for whoever typed it to copy.

const box = () => document.getElementById("refused");

export function keepRefused(prefix, reason, text) {
  const key = `${prefix}:${Date.now()}`, value = JSON.stringify({ reason, text });
  try { localStorage.setItem(key, value); } catch { /* it stands on the screen all the same */ }
  show(prefix, key, value);
  box().scrollIntoView({ block: "center" }); // what was refused may be many screens long
}

// What could not be sent because writing has ended. The browser keeps it and sends it once writing is possible again.
export function offerUnsent(prefix, reason, text) {
  show(prefix, `${prefix}:unsent`, JSON.stringify({ reason, text }));
  box().scrollIntoView({ block: "center" });
}

export function showRefused(prefix) {
  const key = Object.keys(localStorage).find((name) => name.startsWith(`${prefix}:`));
  if (key) show(prefix, key, localStorage.getItem(key));
  else box().hidden = true;
}

function show(prefix, key, value) {
  const { reason, text } = JSON.parse(value), field = box().querySelector("textarea");
  const [copy, discard] = box().querySelectorAll("button");
  box().hidden = false;
  box().querySelector("[data-reason]").textContent = reason;
  field.value = text;
  copy.onclick = () => { field.select(); document.execCommand("copy"); copy.querySelector("span").textContent = "Copied"; };
  discard.onclick = () => { localStorage.removeItem(key); showRefused(prefix); document.querySelector(".ProseMirror")?.focus(); };
}
