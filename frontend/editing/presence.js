// Who has the section open, and where they write when their caret is out of sight.

import { relativePositionToAbsolutePosition, ySyncPluginKey } from "@tiptap/y-tiptap";
import * as Y from "yjs";

const NUMBERS = ["", "one paragraph", "two paragraphs", "three paragraphs", "four paragraphs"];
const RECENT = 6000; // milliseconds after which somebody is not writing any more

// One entry a person, however many tabs they have; oneself is not among them.
export function others(sync) {
  const found = new Map();
  for (const [client, state] of sync.awareness.getStates()) {
    if (client !== sync.doc.clientID && state?.user?.name) found.set(`${state.user.name}:${state.user.colour}`, { client, ...state });
  }
  return [...found.values()];
}

export function showPresent(sync) {
  const box = document.getElementById("present"), here = others(sync);
  box.hidden = !here.length;
  box.replaceChildren(...here.slice(0, 8).map(({ user }) => {
    const mark = document.createElement("span");
    mark.className = `av caret-${Number(user.colour) % 6 || 0}`;
    mark.title = user.name;
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", user.name);
    mark.textContent = user.initials;
    return mark;
  }));
}

const moved = new Map();
let pending = null;

export function showElsewhere(sync, editor) {
  if (pending) return;
  pending = setTimeout(() => { pending = null; tell(sync, editor); }, 400);
}

function tell(sync, editor) {
  const box = document.getElementById("elsewhere");
  const binding = ySyncPluginKey.getState(editor.state);
  const { doc, selection } = editor.state;
  const mine = doc.resolve(selection.head).index(0);
  let words = "";
  for (const { client, user, cursor } of others(sync)) {
    const last = moved.get(client), now = JSON.stringify(cursor);
    if (last?.now !== now) moved.set(client, { now, at: Date.now() });
    if (!cursor?.head || !last || Date.now() - moved.get(client).at > RECENT) continue;
    const at = relativePositionToAbsolutePosition(binding.doc, binding.type, Y.createRelativePositionFromJSON(cursor.head), binding.binding.mapping);
    if (at === null) continue;
    const away = doc.resolve(Math.min(at, doc.content.size)).index(0) - mine;
    if (!away) continue;
    const far = NUMBERS[Math.abs(away)] ?? `${Math.abs(away)} paragraphs`;
    words = `${user.name.split(" ")[0]} is writing ${far} ${away > 0 ? "below" : "above"}`;
    break;
  }
  if (box.textContent !== words) box.textContent = words;
  if (words) showElsewhere.later ??= setTimeout(() => { showElsewhere.later = null; tell(sync, editor); }, RECENT);
}
