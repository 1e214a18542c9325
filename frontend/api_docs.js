// The page of the API: "Try it" sends a request as the person signed in, and the box above the list narrows it.

const headers = JSON.parse(document.body.getAttribute("hx-headers"));

const element = (name, classes, text) => {
  const made = document.createElement(name);
  made.className = classes;
  made.textContent = text;
  return made;
};

function code(text, label) {
  const made = element("pre", "code max-h-96 overflow-auto", text);
  made.tabIndex = 0;
  made.setAttribute("role", "region");
  made.setAttribute("aria-label", label);
  return made;
}

function addressOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-in]")) {
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.value !== "") query.append(field.name, field.value);
  }
  return query.size ? `${path}?${query}` : path;
}

async function written(answer) {
  const text = await answer.text();
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

async function show(form, answer, took) {
  const place = form.querySelector("[data-answer]"), type = answer.headers.get("Content-Type") ?? "";
  const tone = answer.ok ? "k-ok" : "k-bad";
  const told = element("p", `text-sm font-semibold mb-1.5 ${tone}`, `${answer.status} ${answer.statusText} `);
  told.append(element("span", "muted font-normal", `${Math.round(took)} ms`));
  const names = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  const more = element("details", "mb-2", "");
  more.append(element("summary", "text-xs cursor-pointer py-1", "Headers"), code(names, "Headers of the answer"));
  place.replaceChildren(told, more);
  if (type.includes("event-stream")) {
    answer.body.cancel();
    place.append(element("p", "text-sm muted", "A stream of events. It goes on until the reader closes it."));
    return;
  }
  const text = /json|text/.test(type) ? await written(answer) : "";
  if (text) place.append(code(text, "Body of the answer"));
  else if (type && answer.status !== 204) place.append(element("p", "text-sm muted", `A file of the type ${type}.`));
}

async function send(form) {
  const place = form.querySelector("[data-answer]"), body = form.querySelector("[data-body]");
  const refuse = (text) => place.replaceChildren(element("p", "err", text));
  const options = { method: form.dataset.try, headers: { Accept: "application/json", ...headers } };
  if (body?.value.trim()) {
    try { JSON.parse(body.value); } catch (fault) { return refuse(`The body is not valid JSON. ${fault.message}`); }
    options.body = body.value;
    options.headers["Content-Type"] = "application/json";
  }
  const begun = performance.now(), button = form.querySelector("button:not([type])");
  button.disabled = true;
  try {
    await show(form, await fetch(addressOf(form), options), performance.now() - begun);
  } catch {
    refuse("The server did not answer. Check your connection and send the request again.");
  }
  button.disabled = false;
  button.focus();
}

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target?.closest("details");
  if (!folded) return;
  folded.open = true;
  folded.scrollIntoView({ block: "start" });
}

const wordsOf = (one) => `${one.firstElementChild.textContent} ${one.lastElementChild.id}`.toLowerCase();

function narrow(field) {
  const words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...document.querySelectorAll("[data-words]")];
  if (!all.length) return;
  for (const one of all) one.hidden = !words.every((word) => wordsOf(one).includes(word));
  document.querySelector("[data-none]").hidden = all.some((one) => !one.hidden);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-try]")) return;
  event.preventDefault();
  send(event.target);
});
document.querySelector("[data-filters]")?.addEventListener("input", (event) => narrow(event.target));
addEventListener("hashchange", open);
open();
