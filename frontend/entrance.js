// The time zone of this device, chosen for people who have not chosen one.
for (const select of document.querySelectorAll("select[data-detect-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isUntouched = select.value === "UTC" && !select.closest("form").querySelector("[aria-invalid]");
  if (isUntouched && [...select.options].some((option) => option.value === zone)) select.value = zone;
}
