// Measures the text while it is typed, by asking the page for what the button "Xem trước" would show.
const form = document.querySelector("form[data-live]");
const shown = [form.dataset.live, "long"].map((id) => document.getElementById(id)).filter(Boolean);
let waiting = 0;
let asked = 0;
form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const values = new FormData(form);
    values.set("do", "preview");
    const turn = ++asked;
    const answer = await fetch(form.action, { method: "POST", body: values });
    if (answer.redirected || turn !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of shown) {
      const fresh = page.getElementById(part.id);
      // Left alone while the mouse or the keyboard is in it.
      if (fresh && !part.contains(document.activeElement)) part.replaceChildren(...fresh.childNodes);
    }
  }, 250);
});
