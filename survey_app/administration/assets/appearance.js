// Asks the page for a new sample when a colour changes, as the button "Xem thử" does.
const form = document.querySelector("form[data-sample]");
const sample = document.getElementById(form.dataset.sample);
let waiting = 0;
form.addEventListener("input", (event) => {
  if (event.target.type !== "color") return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const values = new FormData(form);
    values.delete("logo");
    values.set("do", "preview");
    const answer = await fetch(form.action, { method: "POST", body: values });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(sample.id);
    if (fresh) sample.src = fresh.getAttribute("src");
  }, 300);
});
