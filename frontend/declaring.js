// The declare page: the button says which severity, the suggestion can be taken with one click.

export function declaring() {
  const form = document.getElementById("declare");
  if (!form) return;
  const word = () => { form.querySelector("[data-severity-word]").textContent = form.querySelector("[name=severity]:checked")?.dataset.severity ?? ""; };
  form.addEventListener("change", word);
  form.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-choose-severity]")?.dataset.chooseSeverity;
    const radio = wanted && form.querySelector(`[data-severity="${wanted}"]`);
    if (radio) { radio.checked = true; word(); radio.focus(); }
  });
  form.addEventListener("submit", () => setTimeout(() => { for (const b of form.querySelectorAll("button.btn-primary")) b.disabled = true; }));
  window.addEventListener("pageshow", () => { for (const b of form.querySelectorAll("button.btn-primary")) b.disabled = false; });
  word();
}
