// Keeps the counts fresh; without a script the link "Xem số mới" does.
const counts = document.getElementById("counts");
setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(counts.dataset.address);
    if (answer.ok && !answer.redirected) counts.innerHTML = (await answer.json()).page;
  } catch {
    // The next round asks again.
  }
}, 5000);
