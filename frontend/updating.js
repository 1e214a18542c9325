// Previews of what audiences read, on every page that shows some; and the update composer: what only some audiences read is shown when they are chosen; hints can be used or dismissed.

const form = () => document.getElementById("update");
const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

function chosen() {
  return [...form().querySelectorAll("[data-audiences] input:checked")].map((box) => box.value);
}

function fit() {
  const audiences = chosen();
  for (const part of form().querySelectorAll("[data-own]")) part.hidden = !audiences.includes(part.dataset.own) && !part.querySelector(".err");
  const n = audiences.length;
  form().querySelector("[data-post-label]").textContent = n === 1 ? "Post to 1 audience" : n ? `Post to ${n} audiences` : "Post update";
}

let looked = ""; // the preview last chosen: an answer on its way may still tell of another

function show(audience) {
  const articles = [...document.querySelectorAll("[data-preview]")];
  if (!articles.some((one) => one.dataset.preview === audience)) return;
  for (const one of articles) one.toggleAttribute("data-shown", one.dataset.preview === audience);
  const choice = document.querySelector(`input[name=shown][value="${audience}"]`);
  if (choice) choice.checked = true;
}

// A preview that was on its way when a hint was dismissed must not bring it back.
function forget() {
  const gone = new Set([...document.querySelectorAll("#dismissed input")].map((kept) => kept.value));
  for (const button of document.querySelectorAll("#hints [data-dismiss]")) if (gone.has(button.dataset.dismiss)) button.closest(".hint").remove();
}

export function updating() {
  document.body.addEventListener("change", (event) => { if (event.target.name === "shown") show((looked = event.target.value)); });
  document.body.addEventListener("htmx:afterSwap", () => looked && show(looked));
  document.body.addEventListener("click", (event) => {
    const { jump } = event.target.closest("button")?.dataset ?? {};
    if (!jump) return;
    event.preventDefault();
    document.querySelector(jump).scrollIntoView({ behavior: "smooth" });
  });
  if (!form()) return;
  fit();
  form().addEventListener("change", fit);
  document.body.addEventListener("htmx:oobAfterSwap", forget);
  document.body.addEventListener("click", (event) => {
    const { use, instead, in: name, dismiss, copy, to } = event.target.closest("button")?.dataset ?? {};
    if (use) {
      const field = form().elements[name];
      field.value = field.value.replace(instead, use);
      field.focus();
      changed(field);
    } else if (dismiss) {
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name: "dismissed", value: dismiss });
      document.getElementById("dismissed").append(kept);
      event.target.closest(".hint").remove();
      changed(kept); // an answer on its way does not know yet
    } else if (copy) {
      const field = form().elements[to];
      field.value = form().elements[copy].value;
      field.focus();
      changed(field);
    }
  });
}
