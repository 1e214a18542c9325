// One section over a WebSocket: what is typed is kept here until the server has confirmed that it is stored.
// The messages are described in live/wire.py.

import * as Y from "yjs";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";

const SYNC = 0, AWARENESS = 1, KEEP = 2, KEPT = 3, MAY_WRITE = 4;
const HAVE = 0;
const FINAL = { 4400: "This editor sent something the server could not read.", 4403: "", 4404: "This is out of your reach now.", 4413: "" };
const PAUSES = [150, 300, 600, 1200, 2500, 5000];
const CARET_EVERY = 60; // milliseconds

const toText = (bytes) => { let text = ""; for (const byte of bytes) text += String.fromCharCode(byte); return btoa(text); };
const toBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export class Sync {
  constructor({ address, storageKey, onState }) {
    this.doc = new Y.Doc();
    this.awareness = new Awareness(this.doc);
    this.onState = onState;
    this.address = address;
    this.key = `${storageKey}:${this.doc.clientID}`;
    this.sent = 0; this.kept = 0; this.typed = 0; // counts of changes of one's own
    this.unsent = []; this.flying = 0;
    this.unconfirmed = []; // all that is not confirmed, for the browser's store
    this.attempts = 0; this.isOpen = false; this.ended = ""; this.mayWrite = null;
    this.adopted = [];
    this._restore(storageKey);
    this.doc.on("update", (update, origin) => { if (origin !== this) this._typed(update); });
    this.awareness.on("update", ({ added, updated, removed }, origin) => {
      if (origin !== "local" || ![...added, ...updated, ...removed].includes(this.doc.clientID)) return;
      this._showSoon();
    });
    this._closing = () => { if (this.isOpen && this.socket?.readyState === 1) this.socket.close(1000); };
    addEventListener("online", () => this._now());
    addEventListener("offline", () => { this.socket?.close(); });
    addEventListener("pagehide", this._closing);
    addEventListener("pageshow", () => this._now());
    addEventListener("beforeunload", (event) => { if (this.pending && !this._stored) event.preventDefault(); });
    this.connect();
  }

  get pending() { return this.typed > this.kept; }
  get state() { return this.ended ? "ended" : !this.isOpen ? "offline" : this.pending ? "saving" : "saved"; }

  // What an earlier visit typed and never heard confirmed.
  _restore(prefix) {
    for (const key of Object.keys(localStorage).filter((k) => k.startsWith(`${prefix}:`))) {
      try { Y.applyUpdate(this.doc, toBytes(localStorage.getItem(key)), this); } catch { localStorage.removeItem(key); continue; }
      this.adopted.push(key); this.typed = 1;
    }
  }

  _store() {
    try {
      if (!this.pending) { localStorage.removeItem(this.key); for (const key of this.adopted.splice(0)) localStorage.removeItem(key); }
      else if (this.unconfirmed.length) localStorage.setItem(this.key, toText(Y.mergeUpdates(this.unconfirmed.map(([, update]) => update))));
      this._stored = true;
    } catch { this._stored = false; }
  }

  _typed(update) {
    this.typed += 1;
    this.unsent.push(update);
    this.unconfirmed.push([this.typed, update]);
    this._store();
    this._flush();
    this.onState(this);
  }

  // One message at a time is on its way; what is typed meanwhile travels together in the next.
  _flush() {
    if (!this.isOpen || !this.ready || this.flying || !this.unsent.length) return;
    this._keep(Y.mergeUpdates(this.unsent));
  }

  _keep(update) {
    this.unsent = [];
    this.flying = this.typed;
    const message = encoding.createEncoder();
    encoding.writeVarUint(message, KEEP);
    encoding.writeVarUint(message, this.flying);
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
    this.isOpen = this.ready = false; this.flying = 0;
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, this);
    if (event.code in FINAL) this.ended = event.reason || FINAL[event.code] || "Writing has ended.";
    else this._again = setTimeout(() => this.connect(), PAUSES[Math.min(this.attempts++, PAUSES.length - 1)] * (0.8 + Math.random() * 0.4));
    this.onState(this);
  }

  _hear(bytes) {
    const message = decoding.createDecoder(bytes);
    switch (decoding.readVarUint(message)) {
      case SYNC: return this._sync(message);
      case AWARENESS: applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(message), this); break;
      case KEPT:
        this.kept = decoding.readVarUint(message);
        this.flying = 0;
        this.unconfirmed = this.unconfirmed.filter(([count]) => count > this.kept);
        this._store();
        this._flush();
        break;
      case MAY_WRITE: this.mayWrite = decoding.readUint8(message) === 1; break;
    }
    this.onState(this);
  }

  _sync(message) {
    const kind = decoding.readVarUint(message), data = decoding.readVarUint8Array(message);
    if (kind !== HAVE) {
      Y.applyUpdate(this.doc, data, this);
      if (kind === 1) this.caughtUp = true;
      return this.onState(this);
    }
    clearTimeout(this._tooLong);
    this.isOpen = this.ready = true; this.attempts = 0;
    const answer = encoding.createEncoder();
    encoding.writeVarUint(answer, SYNC);
    encoding.writeVarUint(answer, HAVE);
    encoding.writeVarUint8Array(answer, Y.encodeStateVector(this.doc));
    this.socket.send(encoding.toUint8Array(answer));
    if (this.pending) this._keep(Y.encodeStateAsUpdate(this.doc, data)); // idempotent, whatever of it arrived before
    this._show();
    this.onState(this);
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
