// One question a screen, as on the kiosk; the path is not followed, so that every question can be seen.
(function () {
  'use strict';
  var main = document.getElementById('screen'), go = document.getElementById('go'), send = go.firstElementChild;
  var screens = [].slice.call(main.querySelectorAll('.screen')), at = 0;
  var count = document.createElement('p'), back = button(main.dataset.back, -1, 'quiet'), next = button(main.dataset.next, 1, '');
  function button(label, by, kind) {
    var made = document.createElement('button');
    made.type = 'button';
    made.className = kind;
    made.textContent = label;
    made.addEventListener('click', function () { at += by; show(); main.focus(); });
    return made;
  }
  function show() {
    screens.forEach(function (one, position) { one.hidden = position !== at; });
    count.textContent = main.dataset.count + ' ' + (at + 1) + '/' + screens.length;
    back.hidden = at === 0;
    next.hidden = at === screens.length - 1;
    send.hidden = !next.hidden;
    scrollTo(0, 0);
  }
  count.className = 'soft';
  main.insertBefore(count, screens[0]);
  go.insertBefore(back, send);
  go.appendChild(next);
  main.classList.add('alone');
  show();
})();
