// A menu behind “⋯” closes with Escape, with a click beside it and with a choice; arrows walk through it.

const open = () => document.querySelectorAll("details.more[open]");
const items = (menu) => [...menu.querySelectorAll(".menu-i")].filter((item) => item.checkVisibility());

function close(menu) {
  const had = menu.contains(document.activeElement);
  menu.open = false;
  if (had) menu.querySelector("summary").focus();
}

function steer(event) {
  const menu = event.target.closest?.("details.more");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || !step || event.target.matches("input, textarea, select")) return;
  if (!menu.open && step < 0) return;
  event.preventDefault();
  menu.open = true;
  const all = items(menu), at = all.indexOf(document.activeElement);
  all.at(at < 0 ? (step > 0 ? 0 : -1) : (at + step) % all.length)?.focus();
}

export function menus() {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") for (const menu of open()) close(menu);
    else steer(event);
  });
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target) || event.target.closest(".menu-i")) menu.open = false;
  });
}
