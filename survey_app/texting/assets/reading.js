// Keys for whoever reads many replies: they work only while a reply has the focus, so they disturb nobody else.
const replies = [...document.querySelectorAll(".reply")];
for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = false;
if (document.querySelector(".flash") && replies.length) replies[0].focus();
document.addEventListener("keydown", (event) => {
  const at = replies.indexOf(document.activeElement);
  if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    (replies[at + step] ?? replies[at]).focus();
    return;
  }
  const wanted = event.key === "0" ? "comment" : event.key;
  const button = [...replies[at].querySelectorAll("button[name=meant]")].find((one) => one.value === wanted);
  if (button) button.click();
});
