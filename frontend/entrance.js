// The time zone of this device, chosen for people who have not chosen one.
for (const select of document.querySelectorAll("select[data-detect-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isUntouched = select.value === "UTC" && !select.closest("form").querySelector("[aria-invalid]");
  if (isUntouched && [...select.options].some((option) => option.value === zone)) select.value = zone;
}

// "Copy" beside a link that is shown once.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.querySelector("span").textContent = "Copied";
  });
}
