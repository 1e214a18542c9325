// Completes a name after an @ in comments.

import "@github/text-expander-element";

async function offered(address, typed) {
  const answer = await fetch(`${address}?q=${encodeURIComponent(typed)}`, { headers: { Accept: "application/json" } });
  return answer.ok ? (await answer.json()).people : [];
}

function list(people) {
  const menu = document.createElement("ul");
  menu.className = "mentions";
  menu.setAttribute("role", "listbox");
  menu.setAttribute("aria-label", "People");
  people.forEach((name, n) => {
    const option = document.createElement("li");
    option.setAttribute("role", "option");
    option.id = `mention-${n}`;
    option.dataset.name = option.textContent = name;
    menu.append(option);
  });
  return menu;
}

// The element's events do not bubble, so they are caught on their way down.
document.addEventListener("text-expander-change", ({ target, detail }) => {
  if (!target.dataset.people) return;
  detail.provide(offered(target.dataset.people, detail.text).then((people) => ({ matched: people.length > 0, fragment: list(people) })));
}, true);

document.addEventListener("text-expander-value", ({ detail }) => { detail.value = `@${detail.item.dataset.name}`; }, true);
