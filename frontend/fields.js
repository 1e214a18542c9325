// Small help around fields: a short name made from the name while nobody has typed one, a search in a list of
// checkboxes, and "Copy" beside an address or a field.

const short = (text) => text.normalize("NFKD").replace(/[^\w\s-]/g, "").trim().toLowerCase().replace(/[\s_-]+/g, "-").slice(0, 50).replace(/^-+|-+$/g, "");

export function fields() {
  for (const field of document.querySelectorAll("input[data-suggest-from]")) {
    const name = document.getElementById(field.dataset.suggestFrom);
    if (!name || field.value) continue;
    let own = false;
    field.addEventListener("input", () => { own = field.value !== ""; });
    const suggest = () => { if (!own) field.value = short(name.value); };
    name.addEventListener("input", suggest);
    suggest();
  }
  for (const search of document.querySelectorAll("input[data-narrows]")) {
    const labels = document.getElementById(search.dataset.narrows).querySelectorAll("label");
    search.addEventListener("input", () => {
      const typed = search.value.trim().toLowerCase();
      for (const label of labels) label.hidden = !label.textContent.toLowerCase().includes(typed);
    });
    search.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.metaKey && !event.ctrlKey) event.preventDefault(); });
  }
  // Browsers offer no clipboard to a page without TLS: app.css then hides these buttons, also those that come later.
  document.documentElement.classList.toggle("no-clipboard", !navigator.clipboard);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy-text], button[data-copy-field]");
    if (!button) return;
    const { copyText, copyField } = button.dataset;
    const field = document.getElementById(copyField);
    await navigator.clipboard.writeText(copyText ?? field.value ?? field.textContent);
    button.querySelector("span").textContent = "Copied";
  });
}
