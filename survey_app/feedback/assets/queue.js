// Keys and ticks for whoever works through the queue all day; the page does everything without them, too.
const rows = [...document.querySelectorAll("tr[data-code]")];
const form = document.getElementById("cases");
const ticks = rows.map((row) => row.querySelector("[name=case]")).filter(Boolean);
const keys = document.getElementById("keys");
let at = -1;

function stand(next) {
  if (!rows.length) return;
  rows[at]?.removeAttribute("data-here");
  at = Math.max(0, Math.min(rows.length - 1, next));
  rows[at].setAttribute("data-here", "");
  rows[at].querySelector("th a").focus();
  rows[at].scrollIntoView({ block: "nearest" });
}

function count() {
  const chosen = ticks.filter((tick) => tick.checked).length;
  const told = document.querySelector("[data-chosen]");
  if (told) told.textContent = chosen ? `${chosen}/${ticks.length}` : "";
  return chosen;
}

function open(step) {
  if (at >= 0) location.href = `/desk/cases/${rows[at].dataset.code}${step}`;
}

function give() {
  if (count()) form.requestSubmit();
  else rows[at]?.querySelector(".give")?.click();
}

function tick() {
  const box = rows[at]?.querySelector("[name=case]");
  if (box) box.click();
}

function help() {
  keys.open = !keys.open;
  if (keys.open) keys.scrollIntoView({ block: "nearest" });
}

const does = {
  j: () => stand(at + 1),
  k: () => stand(at - 1),
  x: tick,
  a: give,
  f: () => open("/forward"),
  r: () => open("/answer"),
  "/": () => document.getElementById("q").focus(),
  "?": help,
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || !does[event.key]) return;
  event.preventDefault();
  does[event.key]();
});

if (keys) keys.hidden = false;
for (const every of document.querySelectorAll("[data-every]")) {
  every.closest("label").hidden = false;
  every.addEventListener("change", () => {
    for (const one of ticks) one.checked = every.checked;
    count();
  });
}
form?.addEventListener("change", count);
for (const banner of document.querySelectorAll("[data-seconds]")) {
  setTimeout(() => banner.remove(), banner.dataset.seconds * 1000);
}
