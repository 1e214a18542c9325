// What is being typed is kept in the browser until it has been sent; nothing typed is lost by a reload.
// It is its writer's: whoever signs in next at this computer does not get it, and after a week nobody does.

const WEEK = 7 * 24 * 60 * 60 * 1000;
const key = (form) => `draft:${document.body.dataset.user ?? ""}:${form.dataset.draft}`;
const fields = (form) => [...form.elements].filter((e) => e.name && !["hidden", "submit", "file", "password"].includes(e.type) && e.type !== "fieldset");

function keep(form) {
  const values = fields(form).map((e) => [e.name, e.value, e.type === "checkbox" || e.type === "radio" ? e.checked : null]);
  const typed = fields(form).some((e) => (e.tagName === "TEXTAREA" || e.type === "text" || e.type === "search") && e.value.trim());
  if (typed) localStorage.setItem(key(form), JSON.stringify({ at: Date.now(), values }));
  else localStorage.removeItem(key(form));
  const note = form.querySelector("[data-draft-note]");
  if (note) note.textContent = typed ? "Draft saved" : "";
}

function restore(form) {
  const kept = localStorage.getItem(key(form));
  if (!kept || form.dataset.draftFresh !== undefined || form.querySelector("[aria-invalid], .err")) return;
  const typed = form.dataset.draftOver !== undefined; // what was typed goes before what the form suggests
  for (const [name, value, checked] of JSON.parse(kept).values) {
    for (const element of fields(form).filter((e) => e.name === name)) {
      if (checked === null) { if (typed || !element.value || element.tagName === "SELECT") element.value = value; }
      else if (element.value === value) element.checked = checked;
    }
  }
  const note = form.querySelector("[data-draft-note]");
  if (note) note.textContent = "Earlier draft restored";
  const discard = form.querySelector("[data-draft-discard]");
  if (discard) discard.hidden = false;
}

function discard(button) {
  const form = button.form;
  localStorage.removeItem(key(form));
  form.reset(); // to what the page came with
  button.hidden = true;
  const note = form.querySelector("[data-draft-note]");
  if (note) note.textContent = "";
  form.dispatchEvent(new Event("change", { bubbles: true }));
  form.querySelector("textarea")?.focus();
}

function forgetOld() {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith("draft:"))) {
    let at = 0; // what was kept before drafts had a date and a writer is nobody's
    try { at = JSON.parse(localStorage.getItem(name)).at ?? 0; } catch { /* not ours to read: it goes */ }
    if (Date.now() - at > WEEK) localStorage.removeItem(name);
  }
}

export function drafts() {
  forgetOld();
  for (const sent of document.querySelectorAll("[data-sent]")) localStorage.removeItem(key({ dataset: { draft: sent.dataset.sent } }));
  for (const form of document.querySelectorAll("form[data-draft]")) restore(form);
  document.body.addEventListener("click", (event) => { const button = event.target.closest("[data-draft-discard]"); if (button) discard(button); });
  document.body.addEventListener("input", (event) => { const form = event.target.closest?.("form[data-draft]"); if (form) keep(form); });
  document.body.addEventListener("submit", (event) => { const form = event.target.closest("form[data-draft]"); if (form && !form.hasAttribute("hx-post")) localStorage.removeItem(key(form)); });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.elt.closest?.("form[data-draft]");
    if (form && event.detail.requestConfig.verb === "post" && event.detail.requestConfig.path === form.getAttribute("action") && event.detail.xhr.status < 300) localStorage.removeItem(key(form));
  });
}
