// Shows how a print goes on; without script the page loads itself anew.
"use strict";
(() => {
  const place = document.getElementById("print");
  const bar = document.getElementById("bar");
  const made = document.getElementById("made");
  if (!place || !bar) return;
  const look = async () => {
    const answer = await fetch(place.dataset.progress).catch(() => null);
    if (!answer) return setTimeout(look, 5000);
    if (!answer.ok) return location.reload();
    const now = await answer.json();
    bar.value = now.made;
    made.textContent = now.made.toLocaleString(document.documentElement.lang);
    return now.under_way ? setTimeout(look, 1000) : location.reload();
  };
  setTimeout(look, 700);
})();
