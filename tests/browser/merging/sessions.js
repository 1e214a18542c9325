// Random sessions of two editors in one section: one side types, the other changes blocks, connections are cut, tabs
// are loaded again. The editors are the product's own; what they send is merged by the product's own server code.
// Every letter that is typed occurs once in a session, so each can be looked for.

import { Sync } from "../../../frontend/editing/sync.js";
import { makeEditor } from "../../../frontend/editing/section.js";

const FIRST_LETTER = 0x4e00;
const STARTS = ["### ", "- ", "1. ", "> ", "``` "];

class Random {
  constructor(seed) { this.at = seed >>> 0; }
  next() { // mulberry32
    this.at = (this.at + 0x6d2b79f5) >>> 0;
    let t = this.at;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(n) { return Math.floor(this.next() * n); }
  of(list) { return list[this.below(list.length)]; }
}

// The server behind one real connection; a call at a time.
export class Server {
  constructor(address) { this.socket = new window.RealWebSocket(address); this.opened = new Promise((done) => { this.socket.onopen = done; }); }
  call(message) {
    return new Promise((done) => { this.socket.onmessage = (event) => done(JSON.parse(event.data)); this.socket.send(JSON.stringify(message)); });
  }
}

const toText = (bytes) => btoa(String.fromCharCode(...bytes));
const toBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// A connection whose messages travel when the session says so.
class Line {
  constructor(address) {
    this.name = address;
    this.readyState = 0;
    this.up = []; this.down = [];
    Line.latest[address] = this;
  }
  send(bytes) { this.up.push(toText(bytes)); }
  close(code = 1006) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.up = []; this.down = [];
    this.onclose?.({ code, reason: "" });
  }
}
Line.latest = {};

class Tab {
  constructor(name) { this.name = name; this.open(); }
  open() {
    this.sync = new Sync({ address: this.name, storageKey: `unsaved:${this.name}`, onState: (now) => { if (!this.editor && now.caughtUp) this.show(); } });
    clearTimeout(this.sync._again);
  }
  show() {
    const element = document.body.appendChild(document.createElement("div"));
    this.editor = makeEditor({ element, sync: this.sync, label: this.name, editable: true, writes: true, hints: null });
  }
  close() {
    this.sync._closing();
    clearTimeout(this.sync._storing); clearTimeout(this.sync._again); clearTimeout(this.sync._tooLong); clearTimeout(this.sync._showing);
    this.sync.connect = () => {};
    this.sync.onState = () => {};
    this.line.close();
    clearTimeout(this.sync._again);
    removeEventListener("pagehide", this.sync._closing);
    const element = this.editor?.view.dom.parentElement;
    this.editor?.destroy();
    element?.remove();
    this.editor = null;
    this.sync.awareness.destroy();
    this.sync.doc.destroy();
  }
  get line() { return Line.latest[this.name]; }
}

class Session {
  constructor(seed, server) {
    this.random = new Random(seed);
    this.server = server;
    this.typed = []; this.words = []; this.thrownAway = new Set();
    this.log = []; this.seed = seed; window.now = this;
  }

  async run() {
    const { random } = this;
    localStorage.clear();
    await this.server.call({ do: "start", text: this.firstText() });
    this.tabs = ["a", "b"].map((name) => new Tab(name));
    await this.quiet();
    this.bothType = random.next() < 0.3;
    const steps = 25 + random.below(35);
    for (let n = 0; n < steps; n += 1) await this.step();
    await this.quiet();
    const { text } = await this.server.call({ do: "text" });
    const said = this.tabs.map(({ editor }) => editor.getText());
    const states = this.tabs.map(({ sync }) => sync.state);
    this.tabs.forEach((tab) => tab.close());
    const letters = [...text];
    const wanted = this.typed.filter((letter) => !this.thrownAway.has(letter));
    const count = new Map();
    for (const letter of letters) count.set(letter, (count.get(letter) ?? 0) + 1);
    return {
      both: this.bothType, typed: this.typed.length, words: this.words.length,
      lost: [...wanted.filter((letter) => !count.has(letter)), ...(this.gone ?? [])],
      doubled: wanted.filter((letter) => count.get(letter) > 1).length,
      apart: this.words.filter((word) => ![...word].some((letter) => this.thrownAway.has(letter)) && !text.includes(word)).length,
      agree: said[0] === said[1] && states.every((state) => state === "saved"),
      states, said, text, log: this.log,
    };
  }

  firstText() {
    const blocks = ["The pool was full at three.", "### What we saw", "- one thing\n- another thing\n- a third", "> said by support", "Nobody knew why, and the graph was red.", "```\nkubectl get pods\n```", "Then it ended."];
    return Array.from({ length: 1 + this.random.below(5) }, () => this.random.of(blocks)).join("\n\n");
  }

  async step() {
    const { random } = this, [a, b] = this.tabs, at = random.next();
    if (at < 0.42) this.type(this.bothType ? random.of(this.tabs) : a);
    else if (at < 0.62) this.command(this.bothType ? random.of(this.tabs) : b);
    else if (at < 0.92) for (let n = 1 + random.below(4); n; n -= 1) await this.carry(random.of(this.tabs));
    else if (at < 0.96) this.cut(random.of(this.tabs));
    else if (at < 0.98) this.tabs.forEach((tab) => this.cut(tab));
    else this.load(random.of(this.tabs));
  }

  // One message in one direction; or the connection opens.
  async carry(tab) {
    const { line } = tab;
    if (line.readyState === 3) { tab.sync._now(); return; }
    if (line.readyState === 0) {
      line.readyState = 1;
      await this.ask(tab, { do: "open" });
    } else if (line.down.length && (!line.up.length || this.random.next() < 0.5)) {
      line.onmessage({ data: toBytes(line.down.shift()).buffer });
      await null; await null;
      if (tab.sync.state === "saved" && this.random.next() < 0.2) await this.isThere(tab);
    } else if (line.up.length) await this.ask(tab, { do: "take", data: line.up.shift() });
  }

  async ask(tab, message) {
    for (const [name, data] of await this.server.call({ ...message, from: tab.name })) {
      const { line } = this.tabs.find((one) => one.name === name);
      if (line.readyState === 1) line.down.push(data);
    }
  }

  // What is said to be saved is in the server's text.
  async isThere(tab) {
    const { text } = await this.server.call({ do: "text" });
    const gone = this.typed.filter((letter) => this.author[letter] === tab.name && !this.thrownAway.has(letter) && !text.includes(letter));
    if (gone.length) { this.gone = [...(this.gone ?? []), ...gone]; this.log.push(`saved, and gone: ${gone.join("")}`); }
  }

  async quiet() {
    for (let round = 0; round < 400; round += 1) {
      await null; await null;
      for (const tab of this.tabs) { clearTimeout(tab.sync._again); if (tab.line.readyState === 3) tab.sync._now(); }
      const busy = this.tabs.filter(({ line, sync }) => line.readyState !== 1 || line.up.length || line.down.length || sync.pending);
      if (!busy.length) return;
      for (const tab of busy) await this.carry(tab);
    }
    this.log.push("never quiet");
  }

  cut(tab) {
    if (!tab.editor) return;
    this.log.push(`${tab.name} is cut`);
    tab.line.close();
    clearTimeout(tab.sync._again);
  }

  load(tab) {
    if (!tab.editor) return;
    this.log.push(`${tab.name} loads again`);
    tab.close();
    tab.open();
  }

  type(tab) {
    if (!tab.editor) return;
    const { random } = this, { view } = tab.editor;
    tab.editor.commands.setTextSelection(random.next() < 0.25 ? this.somewhere(tab) : view.state.selection.head); // typed over a selection, letters replace it
    if (!view.state.selection.$head.parent.isTextblock) return;
    let word = "";
    for (let n = 1 + random.below(5); n; n -= 1) {
      const letter = String.fromCharCode(FIRST_LETTER + this.typed.length);
      this.typed.push(letter);
      (this.author ??= {})[letter] = tab.name;
      word += letter;
      press(view, letter);
    }
    this.words.push(word);
    if (random.next() < 0.6) press(view, " ");
    this.log.push(`${tab.name} types ${word}`);
  }

  somewhere(tab) {
    const places = [];
    tab.editor.state.doc.descendants((node, at) => { if (node.isTextblock) for (let n = 0; n <= node.content.size; n += 1) places.push(at + 1 + n); });
    return places.length ? this.random.of(places) : 0;
  }

  command(tab) {
    if (!tab.editor) return;
    const { random } = this, { editor } = tab, { view } = editor;
    if (random.next() < 0.8) editor.commands.setTextSelection(this.somewhere(tab));
    if (random.next() < 0.2) { // over some blocks
      const [from, to] = [this.somewhere(tab), this.somewhere(tab)].sort((x, y) => x - y);
      editor.commands.setTextSelection({ from, to });
    }
    const start = () => { const { $from } = view.state.selection; editor.commands.setTextSelection($from.start()); };
    const collapse = () => editor.commands.setTextSelection(view.state.selection.head);
    const commands = {
      heading: () => editor.commands.toggleHeading({ level: 3 }),
      bulletList: () => editor.commands.toggleBulletList(),
      orderedList: () => editor.commands.toggleOrderedList(),
      blockquote: () => editor.commands.toggleBlockquote(),
      codeBlock: () => editor.commands.toggleCodeBlock(),
      sign: () => { start(); if (view.state.selection.$from.parent.type.name === "paragraph") for (const letter of random.of(STARTS)) press(view, letter); },
      enter: () => { collapse(); key(view, "Enter"); },
      join: () => { start(); key(view, "Backspace"); },
      joinNext: () => { editor.commands.setTextSelection(view.state.selection.$from.end()); key(view, "Delete"); },
      sink: () => key(view, "Tab"),
      lift: () => editor.commands.liftListItem("listItem"),
      bold: () => editor.commands.toggleBold(),
      rule: () => { collapse(); editor.commands.setHorizontalRule(); },
      move: () => this.move(tab),
      remove: () => this.remove(tab),
      ...(this.bothType ? {} : { undo: () => editor.commands.undo(), redo: () => editor.commands.redo() }),
    };
    const name = random.of(Object.keys(commands));
    commands[name]();
    this.log.push(`${tab.name}: ${name}`);
  }

  move({ editor }) {
    const { doc, tr } = editor.state;
    if (doc.childCount < 2) return;
    const from = this.random.below(doc.childCount);
    let at = 0;
    for (let n = 0; n < from; n += 1) at += doc.child(n).nodeSize;
    const node = doc.child(from);
    tr.delete(at, at + node.nodeSize);
    let to = 0;
    for (let n = this.random.below(tr.doc.childCount + 1); n; n -= 1) to += tr.doc.child(n - 1).nodeSize;
    editor.view.dispatch(tr.insert(to, node));
  }

  // What somebody sees and removes is removed; what is in it unseen is not.
  remove({ editor }) {
    const { doc, tr } = editor.state;
    if (doc.childCount < 2) return;
    const chosen = this.random.below(doc.childCount);
    let at = 0;
    for (let n = 0; n < chosen; n += 1) at += doc.child(n).nodeSize;
    for (const letter of doc.child(chosen).textContent) this.thrownAway.add(letter);
    editor.view.dispatch(tr.delete(at, at + doc.child(chosen).nodeSize));
  }
}

function press(view, letter) {
  const { from, to } = view.state.selection, insert = () => view.state.tr.insertText(letter, from, to);
  if (!view.someProp("handleTextInput", (take) => take(view, from, to, letter, insert))) view.dispatch(insert());
}

function key(view, name) {
  const event = new KeyboardEvent("keydown", { key: name, code: name, bubbles: true, cancelable: true });
  view.someProp("handleKeyDown", (take) => take(view, event));
}

window.RealWebSocket = WebSocket;
window.WebSocket = Line;
window.runSessions = async (address, first, count) => {
  const server = new Server(address);
  await server.opened;
  const found = [];
  for (let seed = first; seed < first + count; seed += 1) found.push({ seed, ...(await new Session(seed, server).run()) });
  server.socket.close();
  return found;
};
