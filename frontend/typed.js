// What is being typed in a part of a page stays when the part is drawn again: its words, its caret, what is unfolded.

const TEXT = "textarea, select, input:not([type=hidden], [type=submit], [type=button], [type=file])";

// A form is the same where it goes to the same address with the same hidden values.
function keyOf(form) {
  const hidden = [...form.querySelectorAll("input[type=hidden]")].filter(({ name }) => name !== "csrfmiddlewaretoken" && name !== "version");
  return [form.getAttribute("action"), ...hidden.map(({ name, value }) => `${name}=${value}`)].join(" ");
}

const nameOf = (control) => [
  control.getAttribute("href"), control.name, control.value, control.getAttribute("aria-label"), control.textContent.trim(), control.form && keyOf(control.form),
].join("\n");

// The button or link of the same words and purpose on the page as it is now.
export function sameControl(control) {
  const name = nameOf(control);
  return [...document.querySelectorAll(control.tagName)].find((one) => nameOf(one) === name);
}

const chosenAtFirst = (select) => Math.max([...select.options].findLastIndex((option) => option.defaultSelected), 0);

function isTouched(field) {
  if (field === document.activeElement) return true;
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  return field.tagName === "SELECT" ? field.selectedIndex !== chosenAtFirst(field) : field.value !== field.defaultValue;
}

const sent = new WeakSet(); // forms whose values are stored: they are not being typed any more, until something new is

export const wasSent = (form) => form && sent.add(form);
document.addEventListener("input", ({ target }) => sent.delete(target.form), true);

const isText = (field) => field.selectionStart !== null && field.selectionStart !== undefined;
const summary = (details) => details.querySelector("summary")?.textContent.trim();

export function typedIn(node) {
  const fields = [...node.querySelectorAll(TEXT)].filter((field) => field.form && !sent.has(field.form) && isTouched(field)).map((field) => ({
    form: keyOf(field.form), name: field.name, kind: field.type, value: field.value, checked: field.checked,
    hasFocus: field === document.activeElement, caret: isText(field) ? [field.selectionStart, field.selectionEnd] : null,
  }));
  const unfolded = [...node.querySelectorAll("details[open]:not(.more)")].filter((details) => ![...details.querySelectorAll("form")].some((form) => sent.has(form)));
  return { fields, unfolded: unfolded.map(summary) };
}

function find(root, { form, name, kind, value }) {
  const same = [...root.querySelectorAll("form")].find((one) => keyOf(one) === form);
  return [...(same?.elements ?? [])].find((field) => field.name === name && (kind !== "radio" && kind !== "checkbox" || field.value === value));
}

// Whether all of it has a place in the new part.
export function fits({ fields }, html) {
  const made = new DOMParser().parseFromString(html, "text/html");
  return fields.every((field) => find(made, field));
}

export function putBack({ fields, unfolded }, node) {
  for (const details of node.querySelectorAll("details:not([open], .more)")) if (unfolded.includes(summary(details))) details.open = true;
  for (const kept of fields) {
    const field = find(node, kept);
    if (!field) continue;
    if (kept.kind === "radio" || kept.kind === "checkbox") field.checked = kept.checked;
    else field.value = kept.value;
    const folded = field.closest("details");
    if (folded) folded.open = true;
    if (!kept.hasFocus) continue;
    field.focus({ preventScroll: true });
    if (kept.caret) field.setSelectionRange(...kept.caret);
  }
}
