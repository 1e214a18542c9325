// One request at a time for what a name stands for; what is wanted meanwhile comes next.
// htmx keeps such a request on the element that asks for it: it is dropped with an element that is replaced, and of
// several only the last is sent.

const lines = new Map(); // name → the requests that wait for the one on its way

async function start(name, send) {
  try { await send(); } catch { /* said by the handlers of failed requests */ }
  const one = lines.get(name).shift();
  if (one) start(name, one.send);
  else lines.delete(name);
}

// Each is sent, in this order.
export function inTurn(name, send, kind = null) {
  const line = lines.get(name);
  if (line) { line.push({ send, kind }); return; }
  lines.set(name, []);
  start(name, send);
}

// Of those of a kind that wait, the newest is sent: what it fetches shows all changes until then.
export function newestInTurn(name, send, kind = "newest") {
  const line = lines.get(name);
  if (line) lines.set(name, line.filter((one) => one.kind !== kind));
  inTurn(name, send, kind);
}
