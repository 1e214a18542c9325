// The frame beside every page: counts, running incidents and clocks are those of now, not of when the page came.

let timer = null;

async function refresh(address) {
  timer = null;
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok || answer.redirected) return; // signed out or away: the next page says so
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const node of document.querySelectorAll("[data-frame]")) {
    const now = page.querySelector(`[data-frame="${node.dataset.frame}"]`);
    if (!now) continue;
    const at = node.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const here = node.querySelector("[aria-current]")?.getAttribute("href");
    node.hidden = now.hidden;
    node.replaceChildren(...now.childNodes);
    for (const link of node.querySelectorAll("a")) {
      if (link.getAttribute("href") === here) link.setAttribute("aria-current", "page");
      if (link.getAttribute("href") === at) link.focus({ preventScroll: true });
    }
  }
}

function clocks() {
  for (const node of document.querySelectorAll("[data-clock]")) {
    const now = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: node.dataset.clock }).format();
    if (node.textContent !== now) node.textContent = now;
  }
}

export function frame() {
  const address = document.querySelector("[data-frame-src]")?.dataset.frameSrc;
  if (!address) return;
  document.addEventListener("home-changed", () => { timer ??= setTimeout(() => refresh(address), 300); });
  setInterval(clocks, 1000);
}
