// The editor of one section, bound to the document that `sync` keeps.

import { Editor, Extension } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import CollaborationCaret from "@tiptap/extension-collaboration-caret";
import Mention from "@tiptap/extension-mention";
import StarterKit from "@tiptap/starter-kit";
import { Plugin } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey, yUndoPluginKey } from "@tiptap/y-tiptap";
import * as Y from "yjs";
import { Hints } from "./hints.js";
import { Nesting } from "./nesting.js";

const EMPTY = "Begin with what people saw first.";

export function makeEditor({ element, sync, label, editable, writes, hints }) {
  const editor = new Editor({
    element,
    injectCSS: false,
    editable,
    editorProps: { attributes: { "aria-label": label, "aria-multiline": "true", role: "textbox", translate: "no" } },
    extensions: [
      StarterKit.configure({ undoRedo: false, underline: false, heading: { levels: [3] }, trailingNode: false, link: { openOnClick: !writes } }),
      Mention.configure({ suggestion: { char: "\uE000" } }),
      Collaboration.configure({ document: sync.doc }),
      CollaborationCaret.configure({ provider: sync, user: {}, render: caret, selectionRender: () => ({ class: "caret-mark" }) }),
      Placeholder,
      Nesting,
      ...(hints ? [Hints.configure(hints)] : []),
    ],
  });
  sync.rescue.caret = caretOf(editor);
  sync.rescue.watch(yUndoPluginKey.getState(editor.state).undoManager);
  redrawWhereItFails(ySyncPluginKey.getState(editor.state).binding);
  return editor;
}

// The binding fails at times to find the caret's new place, and would leave the old text on the screen; the next
// letter typed there would then remove what others wrote. The text is drawn anew instead.
function redrawWhereItFails(binding) {
  const draw = binding._observeFunction;
  binding.type.unobserveDeep(draw);
  binding._observeFunction = (events, transaction) => { try { draw(events, transaction); } catch { binding._forceRerender(); } };
  binding.type.observeDeep(binding._observeFunction);
}

// Where the caret is, as a text of the document and how many letters stand before it there.
function caretOf(editor) {
  const bound = () => ySyncPluginKey.getState(editor.state).binding;
  return {
    get() {
      const { selection } = editor.state, { doc, type, mapping } = bound();
      if (!selection.empty) return null;
      return Y.createAbsolutePositionFromRelativePosition(absolutePositionToRelativePosition(selection.head, type, mapping), doc);
    },
    set({ type: text, index }) {
      const { doc, type, mapping } = bound();
      const at = relativePositionToAbsolutePosition(doc, type, Y.createRelativePositionFromTypeIndex(text, index, -1), mapping);
      if (at !== null) editor.commands.setTextSelection(at);
    },
  };
}

function caret(user) {
  const mark = document.createElement("span"), name = document.createElement("span");
  mark.className = `caret caret-${Number(user.colour) % 6 || 0}`;
  name.textContent = String(user.name ?? "").split(" ")[0];
  mark.append(name);
  return mark;
}

const Placeholder = Extension.create({
  name: "emptyFirst",
  addProseMirrorPlugins: () => [new Plugin({
    props: {
      decorations: ({ doc }) => doc.childCount === 1 && doc.firstChild.isTextblock && !doc.firstChild.content.size
        ? DecorationSet.create(doc, [Decoration.node(0, doc.firstChild.nodeSize, { class: "is-empty-first", "data-placeholder": EMPTY })]) : null,
    },
  })],
});
