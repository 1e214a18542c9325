// The update composer: what only some audiences read is shown when they are chosen; hints can be used or dismissed.

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

function show(audience) {
  for (const one of document.querySelectorAll("[data-preview]")) one.toggleAttribute("data-shown", one.dataset.preview === audience);
}

export function updating() {
  if (!form()) return;
  fit();
  form().addEventListener("change", fit);
  document.body.addEventListener("change", (event) => { if (event.target.name === "shown") show(event.target.value); });
  document.body.addEventListener("click", (event) => {
    const { use, instead, in: name, dismiss, copy, to, jump } = event.target.closest("button")?.dataset ?? {};
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
    } else if (copy) {
      const field = form().elements[to];
      field.value = form().elements[copy].value;
      field.focus();
      changed(field);
    } else if (jump) {
      event.preventDefault();
      document.querySelector(jump).scrollIntoView({ behavior: "smooth" });
    }
  });
}
