// Shows new messages by themselves, as a phone does; without a script the link "Xem tin mới" does.
const screen_ = document.getElementById("screen");
let shown = screen_.innerHTML;
const down = () => { screen_.scrollTop = screen_.scrollHeight; };
down();
setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(screen_.dataset.address);
    if (!answer.ok || answer.redirected) return;
    const fresh = (await answer.json()).page;
    if (fresh === shown) return;
    shown = fresh;
    screen_.innerHTML = fresh;
    down();
  } catch {
    // The next round asks again.
  }
}, 2000);
