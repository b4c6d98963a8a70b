// Shows while typing what the sender will read; without it the sentence stands there with an ellipsis.
for (const shown of document.querySelectorAll("[data-preview-of]")) {
  const typed = document.getElementById(shown.dataset.previewOf);
  const tell = () => { shown.textContent = typed.value.trim() || "…"; };
  typed?.addEventListener("input", tell);
  if (typed) tell();
}
// A button pressed twice sends once; the desk would also know the second form.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
