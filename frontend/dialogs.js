// Forms that are pages of their own open in a <dialog> where there is JavaScript; Esc closes, focus returns.

let opener = null;

const READ = { success: 6000, info: 6000, debug: 6000, warning: 12000 }; // milliseconds; an error stays until it is closed

// A message goes by itself, but never from under a pointer or the focus.
function passes(box, milliseconds) {
  const go = () => box.matches(":hover, :focus-within") ? setTimeout(go, 1000) : box.remove();
  if (milliseconds) setTimeout(go, milliseconds);
}

// It stands at the foot of the screen, or at the top where it would lie on a button that is to be pressed next.
function show(box) {
  const host = document.getElementById("toasts");
  host.append(box);
  if (host.children.length > 1) return; // what is being read stays where it is
  host.classList.remove("at-top");
  const place = host.getBoundingClientRect();
  const lies = (one) => { const { top, bottom, left, right } = one.getBoundingClientRect(); return top < place.bottom && bottom > place.top && left < place.right && right > place.left; };
  host.classList.toggle("at-top", [...document.querySelectorAll("main .btn-primary, main .btn-neutral, main .btn-error")].some((one) => one.checkVisibility() && lies(one)));
}

export function toast(text, bad) {
  const box = document.createElement("div");
  box.className = "toast-i pr-4!";
  box.textContent = text;
  box.setAttribute("role", bad ? "alert" : "status");
  for (const same of document.querySelectorAll("#toasts > *")) if (same.textContent === text) same.remove();
  show(box);
  passes(box, bad ? 10000 : 5000);
}

// What the last page said about what was done, beside the page instead of above it.
function flash() {
  for (const box of document.querySelectorAll(".flash [data-toast]")) {
    show(box);
    passes(box, READ[box.dataset.toast]);
  }
  document.querySelector(".flash")?.remove();
  document.body.addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove());
}

// A refused form takes the focus to its list of errors; the title says so, also where a dialog or a part was refused.
function refused() {
  const title = document.querySelector("title"), words = title.textContent.replace(/Error: /, "");
  title.textContent = document.querySelector("[data-errors]") ? `Error: ${words}` : words;
}

// The same id may be in use behind a dialog: the link means the field of its own form.
function toField(event) {
  const link = event.target.closest("[data-errors] a");
  if (!link) return;
  const id = CSS.escape(decodeURIComponent(link.hash.slice(1)));
  const field = link.closest("dialog, form, main").querySelector(`#${id}`) ?? link.closest("main")?.querySelector(`#${id}`);
  if (!field) return;
  event.preventDefault();
  for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  field.focus();
}

// A form that is a page of its own, as an answer of htmx like any other, only that no link has to say so.
// With a key held, or another button, the browser opens it in a tab.
function opens(event) {
  const link = event.target.closest("[data-opens]");
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || event.defaultPrevented || !isPlain) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.getAttribute("href"), { source: link, target: "#dialog-body", swap: "innerHTML" });
}

// Every event has a star, and all send one form: without JavaScript the whole page goes with it.
function stars(event) {
  const star = event.target.closest("button[form=stars]");
  if (!star || event.defaultPrevented) return;
  event.preventDefault();
  window.htmx.ajax("POST", star.getAttribute("formaction"), { source: star, target: star, swap: "none" });
}

export function dialogs() {
  flash();
  const dialog = document.getElementById("dialog");
  const body = document.getElementById("dialog-body");
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === body && !dialog.open) opener = document.activeElement;
  });
  // Wired as soon as it can be seen, not when it has settled: what is clicked or sent before leaves the page.
  document.body.addEventListener("htmx:afterSwap", (event) => window.htmx.process(event.target));
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== body) return;
    if (!dialog.open) dialog.showModal();
    const first = body.querySelector("[data-errors]") ?? body.querySelector("[aria-invalid=true], [autofocus], input:not([type=hidden]), select, textarea, button, a");
    first?.focus();
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    refused();
    const errors = event.target.querySelector?.("[data-errors]");
    if (event.target !== body) errors?.focus();
  });
  document.body.addEventListener("click", toField);
  document.body.addEventListener("click", opens);
  document.body.addEventListener("click", stars);
  document.querySelector("main [data-errors]")?.focus();
  dialog.addEventListener("close", () => {
    body.replaceChildren();
    refused();
    if (opener?.isConnected) opener.focus();
    else document.getElementById("main").focus({ preventScroll: true });
    opener = null;
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.addEventListener("click", (event) => {
    if (event.target.closest("[data-dialog-close]") && dialog.open) { event.preventDefault(); dialog.close(); }
  });
  document.body.addEventListener("dialog-close", () => { if (dialog.open) dialog.close(); });
  document.body.addEventListener("toast", (event) => toast(event.detail.text, event.detail.bad));
  document.body.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    toast(status === 401 ? "You were signed out. Your text is still here. Copy it, then reload this page." : status === 403 ? "You don't have permission to do this." : status === 404 ? "This was removed, or you can't see it." : `That did not work (${status}). Nothing was changed. Try again.`, true);
  });
  document.body.addEventListener("htmx:sendError", () => toast("No connection. Your text is still here. Try again.", true));

  const sheet = document.getElementById("sheet");
  document.body.addEventListener("click", (event) => {
    const more = event.target.closest("[data-sheet]");
    const rail = document.getElementById("rail");
    if (!more || !sheet || !rail) return;
    event.preventDefault();
    const place = document.createComment("rail");
    rail.replaceWith(place);
    sheet.append(rail);
    sheet.showModal();
    sheet.addEventListener("close", () => { const now = document.getElementById("rail"); if (now) place.replaceWith(now); more.focus(); }, { once: true });
  });
  sheet?.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  document.body.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.target === body && sheet?.open) sheet.close(); });
}
