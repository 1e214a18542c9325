// The outline of causes: type on the row. Enter is the next factor, Tab one deeper, Shift+Tab one out.
// What was written is shown at once and stored in order; what could not be stored stays to be seen.

const adds = []; // written and not yet stored, in order: { text, question, parent, after, key, li, failed }
const end = () => ({ parent: null, after: null, question: "" });

export function outline(box, link) {
  let place = end(); // where the line stands: keys of rows, or entries of `adds`
  let sending = false;
  let kept = null; // of the line, while the board is drawn again

  const line = () => box.querySelector("[data-line]");
  const input = () => line()?.querySelector("[name=text]");
  const row = (key) => box.querySelector(`[data-node="${CSS.escape(key)}"]`);
  const list = (parent) => parent === null ? box.querySelector('[data-branch=""]') : (shown(parent)?.querySelector(":scope > ol") ?? list(null));
  const shown = (one) => typeof one === "string" ? row(one) : one.key ? row(one.key) : one.li;
  const parentOf = (one) => typeof one === "string" ? row(one)?.parentElement.closest("[data-node]")?.dataset.node ?? null : one.parent;

  const state = (field) => ({ id: field.id, value: field.value, focus: field === document.activeElement, caret: [field.selectionStart, field.selectionEnd] });
  function back(field, was) {
    if (!field) return;
    if (field.value !== was.value) field.value = was.value;
    if (was.focus) { field.focus({ preventScroll: true }); field.setSelectionRange(...was.caret); }
  }

  function put(li, { parent, after }) {
    const under = list(parent), beside = after && shown(after);
    if (beside?.parentElement === under) beside.after(li);
    else under.append(li);
  }

  // The pending rows and the line, where they belong. What is moved loses the focus, and gets it back.
  function arrange() {
    if (!line()) return;
    const was = state(input());
    for (const add of adds) put(add.li, add);
    put(line(), place);
    back(input(), was);
    const above = place.parent && shown(place.parent)?.querySelector(".node-text")?.textContent.trim();
    input().placeholder = place.question || (above ? `What is behind “${above}”?` : "Add a factor");
  }

  function stand(next, { focus = true } = {}) {
    place = next;
    arrange();
    if (focus) input()?.focus();
  }

  function pending(add) {
    const li = document.createElement("li");
    li.innerHTML = '<div class="node is-pending"><span class="fold"></span><span></span><div><span class="node-text"></span></div></div><ol></ol>';
    li.querySelector(".node-text").textContent = add.text;
    return li;
  }

  function clear() {
    input().value = "";
    input().dispatchEvent(new Event("input", { bubbles: true })); // its draft goes
    box.querySelector("#factor-known")?.replaceChildren();
  }

  function write() {
    const text = input().value.trim();
    if (!text) return null;
    const add = { ...place, text, key: null };
    add.li = pending(add);
    adds.push(add);
    clear();
    return add;
  }

  const keyOf = (one) => one === null ? "" : typeof one === "string" ? one : one.key ?? "";

  async function send() {
    if (sending) return;
    const add = adds[0];
    if (!add || add.failed) return;
    sending = true;
    const values = { text: add.text, question: add.question, parent: keyOf(add.parent), after: keyOf(add.after) };
    const sender = document.getElementById("causes-sender");
    const url = line()?.querySelector("form").getAttribute("action");
    try { await window.htmx.ajax("POST", url, { source: sender, target: `#${box.id}`, swap: "innerHTML", values }); } catch { /* told below */ }
    sending = false;
    if (adds[0] === add) fail(add);
    else send();
  }

  function stored(key) {
    const [add] = adds.splice(0, 1);
    add.key = key;
    add.li.remove();
  }

  function fail(add) {
    add.failed = true;
    const node = add.li.querySelector(".node");
    node.classList.add("is-unsaved");
    const again = document.createElement("p");
    again.className = "text-xs k-bad flex flex-wrap items-center gap-2";
    again.innerHTML = 'Not saved <button type="button" class="btn btn-line btn-xs">Try again</button><button type="button" class="btn btn-ghost btn-xs">Edit</button>';
    const [retry, edit] = again.querySelectorAll("button");
    retry.addEventListener("click", () => { add.failed = false; node.classList.remove("is-unsaved"); again.remove(); send(); });
    edit.addEventListener("click", () => {
      adds.splice(adds.indexOf(add), 1);
      add.li.remove();
      for (const other of [...adds, place]) { // what hung on it hangs where it would have been
        if (other.parent === add) other.parent = add.parent;
        if (other.after === add) other.after = add.after;
      }
      const written = input().value.trim();
      stand({ parent: add.parent, after: add.after, question: add.question });
      input().value = [add.text, written].filter(Boolean).join(" ");
      send();
    });
    node.lastElementChild.append(again);
    arrange();
  }

  function deeper() {
    const add = write();
    if (add) { stand({ parent: add, after: null, question: "" }); send(); return true; }
    const above = line().previousElementSibling;
    const one = above?.dataset.node ?? adds.find(({ li }) => li === above);
    if (!one) return false; // nothing to go under: Tab leaves
    stand({ parent: one, after: null, question: "" });
    return true;
  }

  function out() {
    const parent = place.parent;
    if (parent === null) return false;
    stand({ parent: parentOf(parent), after: parent, question: "" });
    return true;
  }

  function next() {
    const add = write();
    if (!add) return void out();
    stand({ parent: add.parent, after: add, question: "" });
    send();
  }

  function leave() {
    const above = line().previousElementSibling ?? line().parentElement.closest("[data-node]");
    const to = (above && link(above)) ?? line().querySelector("[data-line-add]");
    if (!input().value) stand(end(), { focus: false });
    to.focus();
  }

  function onLine(event) {
    if (event.key === "Enter" && !event.isComposing) { next(); return true; }
    if (event.key === "Tab") return event.shiftKey ? out() : deeper();
    if (event.key === "Escape") { leave(); return true; }
    if (event.key === "Backspace" && !input().value) return out();
    if (event.key === "ArrowUp" && !event.altKey) { leave(); return true; }
    return false;
  }

  // A row that is edited in place: Enter saves and goes on below it, Tab one deeper.
  function onEditor(event, form) {
    const key = form.closest("[data-node]").dataset.node;
    const field = form.elements.text;
    const save = async (then) => {
      if (!field.value.trim()) return;
      if (field.value.trim() === field.defaultValue) await close(form.closest("[data-node]"));
      else await window.htmx.ajax("POST", form.getAttribute("action"), { source: form, target: `#${box.id}`, swap: "innerHTML" });
      if (row(key) && !row(key).querySelector(":scope > [data-editor]")) then();
    };
    if (event.key === "Enter" && !event.isComposing) { save(() => stand({ parent: parentOf(key), after: key, question: "" })); return true; }
    if (event.key === "Tab" && !event.shiftKey && field.value.trim() !== field.defaultValue) { save(() => stand({ parent: key, after: null, question: "" })); return true; }
    if (event.key === "Escape") { field.value = field.defaultValue; close(form.closest("[data-node]")); return true; }
    return false;
  }

  // Saved, or as it was: the row is a row again.
  async function close(node) {
    const form = node.querySelector("[data-row-form]");
    const isChanged = form.elements.text.value.trim() && form.elements.text.value !== form.elements.text.defaultValue;
    if (isChanged) await window.htmx.ajax("POST", form.getAttribute("action"), { source: form, target: `#${box.id}`, swap: "innerHTML" });
    else await window.htmx.ajax("GET", location.pathname + location.search, { source: document.getElementById("causes-sender"), target: `#${box.id}`, swap: "innerHTML" });
    const again = row(node.dataset.node);
    if (again) link(again)?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const form = event.target.closest?.("[data-row-form]");
    const isDone = event.target === input() ? onLine(event) : form && event.target === form.elements.text ? onEditor(event, form) : false;
    if (isDone) { event.preventDefault(); event.stopPropagation(); }
  }, true);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-line-form]")) return;
    event.preventDefault();
    next();
  }, true);
  document.addEventListener("pointerdown", (event) => { if (event.target.closest(".line-moves")) event.preventDefault(); }); // the caret stays in the line
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-line-in]")) deeper();
    else if (event.target.closest("[data-line-out]")) out();
    else if (event.target.closest("[data-editor-done]")) close(event.target.closest("[data-node]"));
    const under = event.target.closest("[data-line-under]");
    if (!under || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    stand({ parent: under.closest("[data-node]").dataset.node, after: null, question: under.dataset.lineUnder });
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (!line() || !box.contains(event.detail.target) || line().contains(event.detail.target)) return;
    const edited = box.querySelector("[data-row-text]");
    const list = box.querySelector("[data-support-list]");
    const isSent = list?.contains(event.detail.requestConfig.elt);
    kept = { support: list?.firstElementChild && !isSent ? { id: list.id, form: list.firstElementChild } : null, xhr: event.detail.xhr, line: state(input()), edited: edited?.value !== edited?.defaultValue && event.detail.requestConfig.elt !== edited?.form ? state(edited) : null };
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (kept?.xhr !== xhr || !line()) return; // not the board, or a state that was not let in
    const isOwn = requestConfig?.verb === "post" && requestConfig.path === line().querySelector("form").getAttribute("action");
    for (const add of adds) add.li.querySelector("[data-line]")?.remove(); // the one from before, which stood below it
    if (isOwn && adds.length) stored(box.firstElementChild.dataset.at);
    arrange();
    back(input(), kept.line);
    const list = kept.support && document.getElementById(kept.support.id);
    if (list) { list.append(kept.support.form); window.htmx.process(list); }
    if (kept.edited) back(document.getElementById(kept.edited.id), kept.edited);
    kept = null;
  });
  addEventListener("beforeunload", (event) => { if (adds.length) event.preventDefault(); });
  arrange();
  return { isWriting: () => document.activeElement === input() };
}
