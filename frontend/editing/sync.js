// One section over a WebSocket: what is typed is kept here until the server has confirmed that it is stored.
// The messages are described in coediting/wire.py.

import * as Y from "yjs";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { Rescue } from "./rescue.js";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";

const SYNC = 0, AWARENESS = 1, KEEP = 2, KEPT = 3, MAY_WRITE = 4;
const HAVE = 0, LACKED = 1;
const FINAL = { 1009: "This change is too large.", 4400: "This editor sent something the server could not read.", 4403: "", 4404: "You can no longer see this.", 4413: "" };
const REFUSED = [1009, 4400, 4413]; // what was typed itself: sent again it would be refused again
const STORE_EVERY = 300; // milliseconds
const STORES_AT_ONCE = 20; // milliseconds that storing may take
const PAUSES = [150, 300, 600, 1200, 2500, 5000];
const CARET_EVERY = 60; // milliseconds

const toText = (bytes) => { let text = ""; for (const byte of bytes) text += String.fromCharCode(byte); return btoa(text); };
const toBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export class Sync {
  constructor({ address, storageKey, onState }) {
    this.doc = new Y.Doc({ gc: false });
    this.rescue = new Rescue(this.doc, this.doc.getXmlFragment("default"));
    this.awareness = new Awareness(this.doc);
    this.onState = onState;
    this.address = address;
    this.key = `${storageKey}:${this.doc.clientID}`;
    this.kept = 0; this.typed = 0; // counts of changes of one's own
    this.unsent = []; this.flying = null; this.flyingTo = 0; // neither is confirmed
    this.attempts = 0; this.isOpen = false; this.ended = ""; this.refused = false; this.mayWrite = null; this._storeTook = 0;
    this.adopted = new Map(); // what was found in the browser's store, by its key
    this._restore(storageKey);
    this.doc.on("update", (update, origin) => { if (origin !== this) this._typed(update); });
    this.awareness.on("update", ({ added, updated, removed }, origin) => {
      if (origin !== "local" || ![...added, ...updated, ...removed].includes(this.doc.clientID)) return;
      this._showSoon();
    });
    this._closing = () => { this._store(); if (this.isOpen && this.socket?.readyState === 1) this.socket.close(1000); };
    addEventListener("online", () => this._now());
    addEventListener("offline", () => { this.socket?.close(); });
    addEventListener("pagehide", this._closing);
    addEventListener("pageshow", () => this._now());
    addEventListener("beforeunload", (event) => { this._store(); if (this.pending && !this._stored) event.preventDefault(); });
    this.connect();
  }

  get pending() { return this.typed > this.kept; }
  // Saved only once it is known what the server has: after a restored backup it may lack what it confirmed before.
  get state() { return this.ended ? "ended" : !this.isOpen || !this.ready ? "offline" : this.pending ? "saving" : "saved"; }

  // What was typed on an earlier visit and never confirmed by the server.
  _restore(prefix) {
    for (const key of Object.keys(localStorage).filter((k) => k.startsWith(`${prefix}:`))) {
      const found = localStorage.getItem(key);
      try { this.rescue.merge(toBytes(found), this); } catch { localStorage.removeItem(key); continue; }
      this.adopted.set(key, found); this.typed = 1;
    }
  }

  // Offline nobody else has it, and a phone may end the tab without a word: stored at once, unless the text is so
  // long that typing would wait for it. Online it is confirmed before.
  _storeSoon() {
    if (this.state === "offline" && this._storeTook < STORES_AT_ONCE) this._store();
    else this._storing ??= setTimeout(() => this._store(), STORE_EVERY);
  }

  _store() {
    clearTimeout(this._storing);
    this._storing = null;
    if (this.refused) return;
    const began = performance.now();
    try {
      if (!this.pending) this._forget();
      else if (this.unsent.length || this.flying) localStorage.setItem(this.key, toText(Y.encodeStateAsUpdate(this.doc))); // with what stands around it
      this._stored = true;
    } catch { this._stored = false; }
    this._storeTook = performance.now() - began;
  }

  _forget() {
    localStorage.removeItem(this.key);
    for (const [key, found] of this.adopted) if (localStorage.getItem(key) === found) localStorage.removeItem(key); // its tab may have typed on
    this.adopted.clear();
  }

  _typed(update) {
    this.typed += 1;
    this.unsent.push(update);
    this._storeSoon();
    queueMicrotask(() => this._flush());
    this.onState(this);
  }

  // One message at a time is on its way; what is typed meanwhile travels together in the next.
  _flush() {
    this.rescue.settle();
    if (!this.isOpen || !this.ready || this.flying || !this.unsent.length) return;
    this._keep(Y.mergeUpdates(this.unsent));
  }

  _keep(update) {
    this.unsent = [];
    this.flying = update; this.flyingTo = this.typed;
    const message = encoding.createEncoder();
    encoding.writeVarUint(message, KEEP);
    encoding.writeVarUint(message, this.typed);
    encoding.writeVarUint8Array(message, update);
    this.socket.send(encoding.toUint8Array(message));
  }

  _now() { if (!this.isOpen && !this.ended) { clearTimeout(this._again); this.connect(); } }

  connect() {
    if (this.ended || (this.socket && this.socket.readyState < 2)) return;
    const socket = this.socket = new WebSocket(this.address);
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => { if (socket === this.socket) this._hear(new Uint8Array(event.data)); };
    socket.onclose = (event) => { if (socket === this.socket) this._lost(event); };
    this._tooLong = setTimeout(() => { if (socket.readyState === 0) socket.close(); }, 5000);
  }

  _lost(event) {
    clearTimeout(this._tooLong);
    this.isOpen = this.ready = false;
    if (this.flying) this.unsent.unshift(this.flying);
    this.flying = null;
    this._store();
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, this);
    if (event.code in FINAL) this._end(event);
    else this._again = setTimeout(() => this.connect(), PAUSES[Math.min(this.attempts++, PAUSES.length - 1)] * (0.8 + Math.random() * 0.4));
    this.onState(this);
  }

  // What was refused is not tried again by later visits; whoever typed it is given it to copy.
  _end(event) {
    this.ended = event.reason || FINAL[event.code] || "Writing has ended.";
    if (!REFUSED.includes(event.code) || !this.pending) return;
    this.refused = true;
    this._forget();
  }

  _hear(bytes) {
    const message = decoding.createDecoder(bytes);
    switch (decoding.readVarUint(message)) {
      case SYNC: return this._sync(message);
      case AWARENESS: applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(message), this); break;
      case KEPT:
        this.kept = decoding.readVarUint(message);
        if (this.kept >= this.flyingTo) this.flying = null;
        this.attempts = 0;
        if (this.pending) this._storeSoon();
        else this._store();
        this._flush();
        break;
      case MAY_WRITE: this.mayWrite = decoding.readUint8(message) === 1; break;
    }
    this.onState(this);
  }

  _sync(message) {
    const kind = decoding.readVarUint(message), data = decoding.readVarUint8Array(message);
    if (kind !== HAVE) {
      this.rescue.merge(data, this);
      if (kind === LACKED) this._caughtUp();
      return this.onState(this);
    }
    clearTimeout(this._tooLong);
    this.isOpen = true;
    this.ready = false; // what is here is sent once it knows what the server has
    this.theirs = data;
    if (this.flying) this.unsent.unshift(this.flying);
    this.flying = null;
    const answer = encoding.createEncoder();
    encoding.writeVarUint(answer, SYNC);
    encoding.writeVarUint(answer, HAVE);
    encoding.writeVarUint8Array(answer, Y.encodeStateVector(this.doc));
    this.socket.send(encoding.toUint8Array(answer));
    this._show();
    this.onState(this);
  }

  // Send what the server lacks: what was typed meanwhile, and all else after a backup was restored.
  _caughtUp() {
    this.caughtUp = this.ready = true;
    const isAhead = this._isAhead(this.theirs) && this.mayWrite !== false;
    if (isAhead && !this.pending) this.typed += 1;
    if (this.pending) this._keep(Y.encodeStateAsUpdate(this.doc, this.theirs)); // idempotent, whatever of it arrived before
    else this.attempts = 0;
  }

  // Whether the server lacks letters that are here, as after a backup was restored.
  _isAhead(vector) {
    const theirs = Y.decodeStateVector(vector);
    return [...Y.decodeStateVector(Y.encodeStateVector(this.doc))].some(([client, clock]) => clock > (theirs.get(client) ?? 0));
  }

  _showSoon() { this._showing ??= setTimeout(() => { this._showing = null; this._show(); }, CARET_EVERY); }

  _show() {
    if (!this.isOpen || this.awareness.getLocalState() === null) return;
    const message = encoding.createEncoder();
    encoding.writeVarUint(message, AWARENESS);
    encoding.writeVarUint8Array(message, encodeAwarenessUpdate(this.awareness, [this.doc.clientID]));
    this.socket.send(encoding.toUint8Array(message));
  }
}
