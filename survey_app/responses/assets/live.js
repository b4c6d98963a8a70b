// Fetches the numbers anew every few seconds; the reader may stop it, and what was unfolded stays unfolded.
(function () {
  'use strict';
  var live = document.getElementById('live'), state = document.getElementById('live-state'), paused = false, busy = false;
  var button = document.createElement('button');
  button.type = 'button';
  button.className = 'secondary';
  button.textContent = live.dataset.pause;
  button.addEventListener('click', function () {
    paused = !paused;
    button.textContent = paused ? live.dataset.goOn : live.dataset.pause;
    if (!paused) refresh();
  });
  state.parentNode.insertBefore(button, state);

  function show(html) {
    var open = [].map.call(live.querySelectorAll('details[open]'), function (one) { return one.id; });
    var focused = live.contains(document.activeElement) && document.activeElement.getAttribute('href');
    live.innerHTML = html;
    open.forEach(function (id) { var one = document.getElementById(id); if (one) one.open = true; });
    if (focused) {
      var again = [].filter.call(live.querySelectorAll('a'), function (a) { return a.getAttribute('href') === focused; })[0];
      if (again) again.focus({ preventScroll: true });
    }
  }

  function refresh() {
    if (paused || busy || document.hidden || live.querySelector('summary:focus')) return;
    busy = true;
    fetch(live.dataset.address + location.search, { credentials: 'same-origin' })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (found) { show(found.page); state.textContent = ''; })
      .catch(function () { state.textContent = live.dataset.lost; })
      .then(function () { busy = false; });
  }

  setInterval(refresh, Number(live.dataset.seconds) * 1000);
})();
