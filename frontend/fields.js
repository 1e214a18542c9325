// Small help around fields: a short name made from the name while nobody has typed one, and "Copy" beside an address.

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
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy-text]");
    if (!button || !navigator.clipboard) return;
    await navigator.clipboard.writeText(button.dataset.copyText);
    button.querySelector("span").textContent = "Copied";
  });
}
