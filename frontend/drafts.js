// What is being typed is kept in the browser until it has been sent; nothing typed is lost by a reload.

const key = (form) => `draft:${form.dataset.draft}`;
const fields = (form) => [...form.elements].filter((e) => e.name && !["hidden", "submit", "file", "password"].includes(e.type) && e.type !== "fieldset");

function keep(form) {
  const values = fields(form).map((e) => [e.name, e.value, e.type === "checkbox" || e.type === "radio" ? e.checked : null]);
  const typed = fields(form).some((e) => (e.tagName === "TEXTAREA" || e.type === "text" || e.type === "search") && e.value.trim());
  if (typed) localStorage.setItem(key(form), JSON.stringify(values));
  else localStorage.removeItem(key(form));
  const note = form.querySelector("[data-draft-note]");
  if (note) note.textContent = typed ? "Draft saved" : "";
}

function restore(form) {
  const kept = localStorage.getItem(key(form));
  if (!kept || form.dataset.draftFresh !== undefined || form.querySelector("[aria-invalid], .err")) return;
  const typed = form.dataset.draftOver !== undefined; // what was typed goes before what the form suggests
  for (const [name, value, checked] of JSON.parse(kept)) {
    for (const element of fields(form).filter((e) => e.name === name)) {
      if (checked === null) { if (typed || !element.value || element.tagName === "SELECT") element.value = value; }
      else if (element.value === value) element.checked = checked;
    }
  }
  const note = form.querySelector("[data-draft-note]");
  if (note) note.textContent = "Draft kept from before";
}

export function drafts() {
  for (const sent of document.querySelectorAll("[data-sent]")) localStorage.removeItem(key({ dataset: { draft: sent.dataset.sent } }));
  for (const form of document.querySelectorAll("form[data-draft]")) restore(form);
  document.body.addEventListener("input", (event) => { const form = event.target.closest?.("form[data-draft]"); if (form) keep(form); });
  document.body.addEventListener("submit", (event) => { const form = event.target.closest("form[data-draft]"); if (form && !form.hasAttribute("hx-post")) localStorage.removeItem(key(form)); });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.elt.closest?.("form[data-draft]");
    if (form && event.detail.requestConfig.verb === "post" && event.detail.requestConfig.path === form.getAttribute("action") && event.detail.xhr.status < 300) localStorage.removeItem(key(form));
  });
}
