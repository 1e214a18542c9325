// Words that a change would take along unseen are put back where their block is now.
// A change of a block's kind, a join or a move replaces the block: Yjs deletes it with all that is in it, also what
// somebody else has typed there meanwhile. The server takes no such change (coediting/deletions.py); it sends what the
// editor lacks, and the editor merges it here, puts the words back, and sends all of it again.
// The document keeps what was deleted (`gc: false`): its letters say where the words belong.

import { ySyncPluginKey } from "@tiptap/y-tiptap";
import * as Y from "yjs";

const BLOCKS = new Set(["paragraph", "heading", "codeBlock"]);
const CONTEXT = 40; // letters on each side that say where words belong
const ENOUGH = 3; // of them, at least, where there are so many
const RESCUE = "rescue";
const NEAR = 20; // blocks beyond which distance counts no more

export class Rescue {
  constructor(doc, type) {
    this.doc = doc;
    this.type = type;
    this.caret = null; // { get, set } once an editor is open
    this._deletedBy = new WeakMap(); // a text, and the delete set of the transaction that removed it
    this._lost = []; // { client, start, end }
    this._late = []; // delete sets of updates that wait for others
    this._back = []; // what was put back, as in _lost: it is somebody else's, though this editor wrote it
    doc.on("afterTransaction", (transaction) => this._note(transaction));
  }

  // Take in what others wrote.
  merge(update, origin) {
    const { ds, structs } = Y.decodeUpdate(update);
    const caret = this.caret?.get() ?? null;
    this._merging = { origin, named: [...this._late, ds] };
    try { Y.applyUpdate(this.doc, update, origin); } finally { this._merging = null; }
    this._late = this.doc.store.pendingStructs || this.doc.store.pendingDs ? [...this._late, ds] : [];
    this.settle(caret, structs);
  }

  // Undoing brings the blocks of before back, and not what others typed in those that it removes: letters that were
  // removed with them earlier, and copies of others' letters that it makes itself.
  watch(undoManager) {
    undoManager.on("stack-item-popped", ({ stackItem }) => {
      for (const { client, start, end } of ranges(stackItem.deletions)) {
        for (const item of itemsIn(this.doc, client, start, end)) {
          if (!(item.content instanceof Y.ContentString)) continue;
          const range = { client, start: item.id.clock, end: item.id.clock + item.length };
          const others = client === this.doc.clientID ? common(range, this._back) : [range];
          if (!others.length) continue;
          if (item.redone) this._back.push({ client: item.redone.client, start: item.redone.clock, end: item.redone.clock + item.length });
          else this._lost.push(...others);
        }
      }
    });
  }

  // Put back what was lost since; whether there was something.
  settle(caret = null) {
    if (!this._lost.length) return false;
    const lost = this._lost;
    this._lost = [];
    const order = this._order();
    const texts = [...this._textsOf(lost)].sort((a, b) => rank(order, a) - rank(order, b));
    let found = null;
    this.doc.transact(() => {
      for (const text of texts) {
        const letters = this._lettersOf(text, lost);
        for (const run of runs(letters)) {
          const at = this._putBack(text, letters, run);
          if (caret?.type === text && run.start <= caret.index && caret.index <= run.end) found = { type: at.text, index: at.index + caret.index - run.start };
        }
      }
    }, RESCUE);
    if (found) this.caret?.set(found);
    return texts.length > 0;
  }

  _note(transaction) {
    const { clientID: own } = this.doc;
    if (transaction.origin === RESCUE) this._back.push({ client: own, start: transaction.beforeState.get(own) ?? 0, end: transaction.afterState.get(own) ?? 0 });
    if (!transaction.deleteSet.clients.size) return;
    for (const { client, start, end } of ranges(transaction.deleteSet)) {
      for (const item of itemsIn(this.doc, client, start, end)) {
        if (item.content instanceof Y.ContentType && item.content.type instanceof Y.XmlText) this._deletedBy.set(item.content.type, transaction.deleteSet);
      }
    }
    if (this._merging && transaction.origin === this._merging.origin) this._lost.push(...beyond(transaction.deleteSet, this._merging.named));
    // What others' changes together make is sometimes no document: the binding removes such a block.
    else if (this._merging && transaction.origin === ySyncPluginKey) this._lost.push(...ranges(transaction.deleteSet));
    // Undoing removes blocks with all that others have typed in them since.
    else if (transaction.origin instanceof Y.UndoManager) this._lost.push(...[...ranges(transaction.deleteSet)].flatMap((range) => (range.client === own ? common(range, this._back) : [range])));
  }

  _textsOf(lost) {
    const texts = new Set();
    for (const { client, start, end } of lost) {
      for (const item of itemsIn(this.doc, client, start, end)) {
        if (item.content instanceof Y.ContentString && item.parent instanceof Y.XmlText && isGone(item.parent)) texts.add(item.parent);
      }
    }
    return texts;
  }

  // What stood in a text when it was removed, and which of it was lost.
  _lettersOf(text, lost) {
    const letters = [], removed = this._deletedBy.get(text);
    for (let item = text._start; item; item = item.right) {
      if (!(item.content instanceof Y.ContentString)) continue;
      const { client, clock } = item.id;
      for (let n = 0; n < item.length; n += 1) {
        const isLost = lost.some((range) => range.client === client && range.start <= clock + n && clock + n < range.end);
        if (isLost || (removed && Y.isDeleted(removed, { client, clock: clock + n }))) letters.push({ letter: item.content.str[n], isLost });
      }
    }
    return letters;
  }

  _putBack(text, letters, { start, end }) {
    const words = said(letters.slice(start, end));
    const before = said(letters.slice(Math.max(0, start - CONTEXT), start)), after = said(letters.slice(end, end + CONTEXT));
    const place = this._placeOf(text, before, after) ?? { block: this._newBlock(text), text: null, index: 0 };
    if (!place.text) {
      place.text = new Y.XmlText();
      place.block.insert(0, [place.text]);
    }
    place.text.insert(place.index, words);
    return place;
  }

  // Where the letters around the words stand now; null where they stand nowhere.
  _placeOf(text, before, after) {
    const around = before.length + after.length, order = this._order(), own = rank(order, text);
    let best = null;
    for (const { block, texts, at } of order) {
      if (isGone(block)) continue;
      const away = Math.min(Math.abs(at - own), NEAR), live = texts.filter((one) => !isGone(one));
      if (!live.length && !around && away <= 1 && block._length === 0) return { block, text: null, index: 0 };
      for (const one of live) {
        const stands = one.toDelta().map(({ insert }) => (typeof insert === "string" ? insert : " ")).join("");
        if (!stands && !around && away <= 1) return { block, text: one, index: 0 };
        for (let index = 0; around && index <= stands.length; index += 1) {
          const agree = agreeing(stands, index - 1, before, before.length - 1, -1) + agreeing(stands, index, after, 0, 1);
          const value = agree - away / 4;
          if (agree >= Math.min(ENOUGH, around) && (!best || value > best.value)) best = { value, block, text: one, index };
        }
      }
    }
    return best;
  }

  // Beside the place where its block was.
  _newBlock(text) {
    let top = text._item;
    while (top && top.parent !== this.type) top = top.parent?._item ?? null;
    let index = top ? 0 : this.type.length;
    for (let item = top?.left; item; item = item.left) if (!item.deleted) index += 1;
    const block = new Y.XmlElement("paragraph");
    this.type.insert(index, [block]);
    return block;
  }

  // The blocks with text in the order of the document, those that are gone as well; `at` counts those that stand.
  _order() {
    const found = [];
    let at = 0;
    const walk = (parent) => {
      for (let item = parent._start; item; item = item.right) {
        const type = item.content.type;
        if (!(type instanceof Y.XmlElement)) continue;
        if (!BLOCKS.has(type.nodeName)) { walk(type); continue; }
        if (!isGone(type)) at += 1;
        const texts = [];
        for (let inside = type._start; inside; inside = inside.right) if (inside.content.type instanceof Y.XmlText) texts.push(inside.content.type);
        found.push({ block: type, texts, at });
      }
    };
    walk(this.type);
    return found;
  }
}

const said = (letters) => letters.map(({ letter }) => letter).join("");
const rank = (order, text) => order.find(({ texts }) => texts.includes(text))?.at ?? Infinity;

function isGone(type) {
  for (let item = type._item; item; item = item.parent?._item ?? null) if (item.deleted) return true;
  return false;
}

// How many letters agree, from two places on in one direction.
function agreeing(a, at, b, bAt, step) {
  let agree = 0;
  while (a[at] !== undefined && a[at] === b[bAt]) { agree += 1; at += step; bAt += step; }
  return agree;
}

function* runs(letters) {
  for (let start = 0; start < letters.length; start += 1) {
    if (!letters[start].isLost) continue;
    let end = start;
    while (letters[end]?.isLost) end += 1;
    yield { start, end };
    start = end;
  }
}

function* ranges(deletes) {
  for (const [client, spans] of deletes.clients) for (const { clock, len } of spans) yield { client, start: clock, end: clock + len };
}

function common({ client, start, end }, others) {
  return others.map((other) => ({ client, start: Math.max(start, other.start), end: Math.min(end, other.end) })).filter((range) => range.start < range.end);
}

// What one delete set has beyond others.
function beyond(deletes, others) {
  const found = [];
  for (const { client, start, end } of ranges(deletes)) {
    const spans = others.flatMap((other) => other.clients.get(client) ?? []).map(({ clock, len }) => ({ from: clock, to: clock + len })).sort((a, b) => a.from - b.from);
    let at = start;
    for (const { from, to } of spans) {
      if (to <= at) continue;
      if (from >= end) break;
      if (from > at) found.push({ client, start: at, end: from });
      at = to;
    }
    if (at < end) found.push({ client, start: at, end });
  }
  return found;
}

function* itemsIn(doc, client, start, end) {
  const structs = doc.store.clients.get(client) ?? [];
  if (!structs.length || start >= Y.getState(doc.store, client)) return;
  for (let n = Y.findIndexSS(structs, start); n < structs.length && structs[n].id.clock < end; n += 1) if (structs[n] instanceof Y.Item) yield structs[n];
}
