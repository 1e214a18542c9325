// Lists in lists go as deep as the server takes them: the key does nothing there, and what is pasted comes as text.

import { Extension } from "@tiptap/core";
import { Plugin } from "@tiptap/pm/state";
import { ySyncPluginKey } from "@tiptap/y-tiptap";

const DEEPEST = 15; // of 16 levels, one less than coediting/document.py takes: a line break inside counts, too

function depth(node) {
  let most = 0;
  if (!node.isTextblock) node.forEach((child) => { if (child.isBlock) most = Math.max(most, 1 + depth(child)); });
  return most;
}

export const Nesting = Extension.create({
  name: "nesting",
  addProseMirrorPlugins: () => [new Plugin({
    filterTransaction: (tr, state) => !tr.docChanged || !!tr.getMeta(ySyncPluginKey) || depth(tr.doc) <= Math.max(DEEPEST, depth(state.doc)),
    props: {
      handlePaste(view, event, slice) {
        if (depth(view.state.tr.replaceSelection(slice).doc) <= DEEPEST) return false;
        return view.pasteText(event.clipboardData?.getData("text/plain") ?? "");
      },
    },
  })],
});
