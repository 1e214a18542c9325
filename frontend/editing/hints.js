// Hints on wording: the server reads the text a moment after the last letter; found words get a wavy line, and the
// hint under the caret a card below its paragraph.

import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

const key = new PluginKey("hints");
const WAIT = 900;
const WHY = "Words like these judge a person and explain nothing. Write what people saw and what they were asked to do, so that later readers can learn from it. You can dismiss a hint, and nobody is notified of it.";

// Letters of the document with their places. What is not the writer's own wording is left blank.
function letters(doc) {
  const text = [], places = [];
  const add = (letter, place) => { text.push(letter); places.push(place); };
  doc.descendants((node, at, parent) => {
    if (node.type.name === "codeBlock" || node.type.name === "blockquote") return false;
    if (node.isTextblock && text.length) { add("\n", at); add("\n", at); }
    if (node.type.name === "hardBreak") add("\n", at);
    if (!node.isText) return true;
    const blank = node.marks.some((mark) => ["code", "link"].includes(mark.type.name));
    let offset = 0;
    for (const letter of node.text) { add(blank ? "\u0000" : letter, at + offset); offset += letter.length; }
    return false;
  });
  return { text: text.map((letter) => (letter === "\u0000" ? "\u00a4" : letter)).join(""), places };
}

function element(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
}

function card(hint, view, options) {
  const now = () => key.getState(view.state).open; // the text may have moved since this was drawn
  const box = element("div", { className: "pop max-w-[440px] p-3 text-sm leading-[18px]", contentEditable: "false" });
  box.setAttribute("role", "note");
  box.setAttribute("aria-label", "Language hint");
  const says = element("p", { className: "wrap-anywhere" }, element("b", { className: "font-semibold", textContent: `“${hint.found}”` }), ` ${hint.reason} ${hint.ask}`);
  const start = element("button", { type: "button", className: "btn btn-line btn-xs", textContent: "Use as a start" });
  const leave = element("button", { type: "button", className: "btn btn-ghost btn-xs", textContent: "Dismiss hint" });
  const why = element("button", { type: "button", className: "btn btn-ghost btn-xs", textContent: "Why?" });
  why.setAttribute("aria-expanded", "false");
  const because = element("p", { className: "text-xs muted mt-2", textContent: WHY, hidden: true });
  const reason = element("input", { className: "input", maxLength: 300, placeholder: "Why it stays (optional)" });
  reason.setAttribute("aria-label", "Why it stays");
  const confirm = element("button", { type: "button", className: "btn btn-line btn-xs", textContent: "Save reason" });
  const leaving = element("div", { className: "flex gap-2 mt-2 items-center", hidden: true }, reason, confirm);
  box.append(says);
  if (hint.begin) box.append(element("p", { className: "tl-quote", textContent: hint.begin }));
  box.append(element("div", { className: "flex flex-wrap gap-1 mt-2" }, ...(hint.begin ? [start] : []), leave, element("span", { className: "grow" }), why), leaving, because);
  start.onclick = () => {
    if (!now()) return;
    const end = view.state.doc.resolve(now().to).end();
    view.dispatch(view.state.tr.insertText(` ${hint.begin}`, end).setMeta(key, { open: null }));
    view.focus();
  };
  leave.onclick = () => { leaving.hidden = false; leave.hidden = true; reason.focus(); };
  why.onclick = () => { because.hidden = !because.hidden; why.setAttribute("aria-expanded", String(!because.hidden)); };
  confirm.onclick = async () => {
    const answer = await options.post(options.leave, { rule: hint.rule, found: [...hint.found].slice(0, 300).join(""), reason: reason.value }).catch(() => null);
    if (answer?.ok && answer.headers.has("HX-Redirect")) { // what is refused is a toast, not an error
      view.dispatch(view.state.tr.setMeta(key, { gone: hint }));
      view.focus();
    } else {
      const said = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}").toast ?? { text: "That did not work. Try again.", bad: true };
      document.body.dispatchEvent(new CustomEvent("toast", { detail: said }));
    }
  };
  reason.onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); confirm.click(); } };
  return box;
}

export const Hints = Extension.create({
  name: "hints",
  addOptions: () => ({ address: "", leave: "", post: null, onCount: () => {} }),
  addProseMirrorPlugins() {
    const options = this.options;
    let timer = null, asked = "";
    const decorate = (doc, found, open) => {
      const marks = found.map((hint) => Decoration.inline(hint.from, hint.to, { nodeName: "mark", "data-hint": hint.rule, title: hint.ask }));
      if (open) {
        const at = doc.resolve(open.to).after(1);
        marks.push(Decoration.widget(at, (view) => card(open, view, options), { side: -1, key: `${open.rule}:${open.found}:${open.ask}`, stopEvent: () => true, ignoreSelection: true }));
      }
      return DecorationSet.create(doc, marks);
    };
    const under = (found, at) => found.find((hint) => hint.from <= at && at <= hint.to) ?? null;
    return [new Plugin({
      key,
      state: {
        init: () => ({ found: [], open: null, drawn: DecorationSet.empty }),
        apply(tr, old) {
          const meta = tr.getMeta(key) ?? {};
          let found = meta.found ?? old.found, open = old.open;
          if (tr.docChanged) {
            const moved = (hint) => ({ ...hint, from: tr.mapping.map(hint.from, 1), to: tr.mapping.map(hint.to, -1) });
            found = found.map(moved).filter((hint) => tr.doc.textBetween(hint.from, Math.max(hint.from, hint.to)) === hint.found);
            open = open && moved(open);
          }
          const isOf = (one) => (hint) => hint.rule === one.rule && hint.found === one.found;
          if (meta.gone) found = found.filter((hint) => !isOf(meta.gone)(hint));
          if ("open" in meta) open = meta.open;
          else if (meta.at !== undefined) open = under(found, meta.at);
          open = open && found.find((hint) => isOf(open)(hint) && hint.from === open.from) || null;
          if (found === old.found && open === old.open) return { ...old, drawn: old.drawn.map(tr.mapping, tr.doc) };
          return { found, open, drawn: decorate(tr.doc, found, open) };
        },
      },
      props: {
        decorations: (state) => key.getState(state).drawn,
        handleClick(view, at) { view.dispatch(view.state.tr.setMeta(key, { at })); return false; },
        handleKeyDown(view, event) {
          if (event.key === "Escape" && key.getState(view.state).open) { view.dispatch(view.state.tr.setMeta(key, { open: null })); return true; }
          return false;
        },
      },
      view: (view) => {
        const ask = async () => {
          const { text, places } = letters(view.state.doc);
          if (text === asked) return;
          asked = text;
          const answer = await options.post(options.address, { text }).catch(() => null);
          if (!answer?.ok || text !== letters(view.state.doc).text || view.isDestroyed) return;
          const { hints } = await answer.json();
          const found = hints.filter((h) => places[h.start] !== undefined).map((h) => ({ ...h, from: places[h.start], to: places[h.end - 1] + 1 })).filter((h) => view.state.doc.textBetween(h.from, h.to) === h.found);
          view.dispatch(view.state.tr.setMeta(key, { found }));
          options.onCount(found.length);
        };
        const soon = () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); };
        soon();
        return { update: (_, before) => { if (before.doc !== view.state.doc) soon(); options.onCount(key.getState(view.state).found.length); }, destroy: () => clearTimeout(timer) };
      },
    })];
  },
  addCommands: () => ({
    nextHint: () => ({ editor }) => {
      const { found, open } = key.getState(editor.state);
      const next = found[(found.findIndex((hint) => hint === open) + 1) % found.length];
      if (!next) return false;
      editor.view.dispatch(editor.state.tr.setMeta(key, { open: next }));
      const box = editor.view.dom.querySelector("[role=note]");
      box?.scrollIntoView({ block: "nearest" });
      box?.querySelector("button")?.focus();
      return true;
    },
  }),
});
