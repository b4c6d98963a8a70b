/* The tablet's day: it invites, asks, thanks, wipes, and lets nobody out without the PIN. */
(function () {
  'use strict';
  const K = window.kiosk, el = K.el, say = K.say, root = document.documentElement;
  const IDLE = 60000, WARN = 20000, THANKS = 5000, PAUSE = 6000, HOLD = 2000, QUIET = 600000;
  const NAMES = {vi: 'Tiếng Việt', en: 'English'};
  const screen = document.getElementById('screen'), bar = document.getElementById('bar'), foot = document.getElementById('foot');
  let view = '', answers = {}, at = 0, begun = 0, touched = Date.now(), sentAt = 0, until = 0, warning = null, locked = true, look = '';

  K.isIdle = () => view === 'attract' || view === 'closed' || view === '';

  K.show = (name, ...contents) => {
    view = name;
    touched = Date.now();
    unwarn();
    screen.replaceChildren(...contents);
    document.body.className = name;
    root.lang = K.language;
    const title = screen.querySelector('h1');
    if (title) title.focus();
    scrollTo(0, 0);
    drawBar();
    K.changed();
  };

  /* Nothing of a citizen outlives this: answers, words on the screen, language, size. */
  K.wipe = () => {
    answers = {};
    at = 0;
    K.language = 'vi';
    root.className = '';
    getSelection().removeAllRanges();
    if (!K.state.device) return stranger();
    return home();
  };

  function stranger() {
    K.show('stranger', el('h1', {tabindex: -1}, say('stranger')), el('p', null, say('stranger_text')),
      el('p', null, el('a', {'class': 'big', href: '/' + K.code}, say('form'))));
  }

  const day = text => text.split('-').reverse().join('/');
  const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  const notice = (title, text) => K.show('closed', el('h1', {tabindex: -1}, title), el('p', null, text));

  /* Why no answer can be taken now; nothing when the form can be shown. */
  function obstacle() {
    const state = K.state, form = state.form;
    if (state.problem) return [say('revoked'), say('revoked_text')];
    if (!form) return [say('loading'), say(state.online ? 'no_survey_text' : 'full_text')];
    if (form.status === 'not_yet') return [say('not_yet', {date: day(form.opens_on)}), say('no_survey_text')];
    if (form.status === 'closed' || form.status === 'open' && today() > form.closes_on) return [say('closed'), say('closed_text')];
    if (form.status !== 'open' && form.status !== 'rehearsal') return [say('no_survey'), say('no_survey_text')];
    return state.tickets ? null : [say('full'), say('full_text')];
  }

  function home() {
    const wrong = obstacle();
    look = JSON.stringify([wrong, K.state.form && K.state.form.state]);
    if (wrong) return notice(...wrong);
    const form = K.state.form, seconds = form.sheet.seconds;
    const start = language => el('button', {type: 'button', 'class': 'start', lang: language, click: () => begin(language)},
      inLanguage(language, () => el('b', null, say('start'))), NAMES[language] || language);
    return K.show('attract', el('p', {'class': 'place'}, K.pick(form.place).name),
      el('h1', {tabindex: -1}, K.pick(form.sheet.title)), el('div', {'class': 'starts'}, ...form.sheet.languages.map(start)),
      el('p', {'class': 'soft'}, say('about', {time: seconds < 90 ? say('seconds', {n: seconds}) : say('minutes', {n: Math.round(seconds / 60)})})));
  }

  function inLanguage(language, work) {
    const before = K.language;
    K.language = language;
    const made = work();
    K.language = before;
    return made;
  }

  function begin(language) {
    K.language = language;
    begun = Date.now();
    if (root.requestFullscreen && !document.fullscreenElement) root.requestFullscreen().catch(() => {});
    ask(0);
  }

  const path = () => K.path(K.state.form.sheet.screens, answers);

  function ask(number) {
    at = number;
    const asked = path(), one = asked[at];
    const note = el('p', {'class': 'error', id: 'note', role: 'alert'});
    const back = K.button(say('back'), () => (at ? ask(at - 1) : K.wipe()), 'quiet');
    const next = K.button(say('next'), () => check(one, note) && ask(at + 1));
    const send = K.button(say('send'), () => check(one, note) && finish(note));
    /* The path may grow or end with what is chosen here. */
    const steer = () => {
      const now = path(), last = at === now.length - 1;
      next.hidden = last;
      send.hidden = !last && now.some(other => K.complaint(other, answers));
      send.textContent = last ? say('send') : say('send_now');
      send.className = last ? '' : 'quiet';
      note.textContent = '';
    };
    K.show('form', el('p', {'class': 'soft'}, say('count', {n: at + 1, all: asked.length})), K.draw(one, answers, steer), note,
      el('div', {'class': 'go'}, back, send, next));
    steer();
  }

  function check(one, note) {
    note.textContent = K.complaint(one, answers);
    return !note.textContent;
  }

  async function finish(note) {
    const screens = K.state.form.sheet.screens, given = K.given(screens, answers);
    const bad = path().findIndex(one => K.complaint(one, answers));
    if (bad >= 0) return ask(bad);
    const rest = Math.ceil((sentAt + PAUSE - Date.now()) / 1000);
    if (!Object.keys(given).length) note.textContent = say('need_any');
    else if (rest > 0 && rest <= PAUSE / 1000) note.textContent = say('pause', {n: rest});
    else if (view === 'form') await keep(given, note);
    return null;
  }

  async function keep(given, note) {
    view = 'keeping';
    const kept = await K.queue.add(given, K.language, (Date.now() - begun) / 1000).catch(() => false);
    if (!kept) {
      view = 'form';
      note.textContent = say('not_kept');
      return;
    }
    answers = {};
    sentAt = Date.now();
    until = sentAt + THANKS;
    const told = el('p', {'class': 'told', role: 'status'}, say('kept'));
    K.show('thanks', el('h1', {tabindex: -1}, say('thanks')), told);
    await K.queue.send();
    if (!K.state.waiting) told.textContent = say('sent');
  }

  function warn(seconds) {
    if (!warning) {
      warning = el('div', {'class': 'over', role: 'alertdialog', 'aria-modal': 'true', 'aria-labelledby': 'idle', 'aria-describedby': 'left'},
        el('div', null, el('h2', {id: 'idle'}, say('idle')), el('p', {id: 'left'}),
          el('div', {'class': 'go'}, K.button(say('erase'), K.wipe, 'quiet'), K.button(say('stay'), () => { touched = Date.now(); unwarn(); }))));
      document.body.append(warning);
      screen.inert = bar.inert = true;
      warning.querySelector('button:last-child').focus();
    }
    document.getElementById('left').textContent = say('idle_text', {n: seconds});
  }

  function unwarn() {
    if (warning) warning.remove();
    warning = null;
    screen.inert = bar.inert = false;
  }

  function tick() {
    const now = Date.now(), away = now - touched;
    K.changed();
    if (away < 0) touched = now;
    if (view === 'thanks') return now >= until && K.wipe();
    if (view === 'attract' || view === 'closed') return rest(away);
    if (!/^(form|pin|panel)$/.test(view) || away < IDLE) return null;
    return away >= IDLE + WARN || view !== 'form' ? K.wipe() : warn(Math.ceil((IDLE + WARN - away) / 1000));
  }

  /* Nobody is there: show what the counter asks by now, and take a new version at night or after a quiet while. */
  function rest(away) {
    if (look !== JSON.stringify([obstacle(), K.state.form && K.state.form.state])) home();
    const quiet = away > QUIET || away > IDLE && new Date().getHours() < 5;
    if (K.state.newer && K.state.online && quiet) K.update();
  }

  K.update = async () => {
    K.state.newer = false;
    const worker = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration('/kiosk/'));
    if (worker) await worker.update().catch(() => {});
    const fresh = worker && (worker.waiting || worker.installing);
    if (!fresh) return location.reload();
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
    const take = () => { if (fresh.state === 'installed') fresh.postMessage('take over'); };
    fresh.addEventListener('statechange', take);
    return take();
  };

  K.leave = async () => {
    locked = false;
    if (document.fullscreenElement) await document.exitFullscreen().catch(() => {});
    location.replace('/kiosks');
  };

  K.changed = () => {
    const state = K.state, now = new Date(), two = number => ('0' + number).slice(-2);
    const queue = state.waiting ? say('waiting', {n: state.waiting}) : say('all_sent');
    const line = [two(now.getHours()) + ':' + two(now.getMinutes()), state.device && queue, !state.online && say('offline')].filter(Boolean).join(' · ');
    if (foot.textContent !== line) foot.textContent = line;
  };

  function drawBar() {
    const toggle = (name, sign, word) => el('button', {type: 'button', 'class': 'tool', title: say(word), 'aria-label': say(word),
      click: () => root.classList.toggle(name)}, sign);
    const form = K.state.form, shown = /^(form|attract|thanks)$/.test(view);
    const held = el('button', {type: 'button', id: 'corner', 'aria-label': say('staff'), click: event => { if (!event.detail) K.askPin(); }});
    let timer = 0;
    held.addEventListener('pointerdown', () => { timer = setTimeout(K.askPin, HOLD); });
    ['pointerup', 'pointerleave', 'pointercancel'].forEach(name => held.addEventListener(name, () => clearTimeout(timer)));
    bar.replaceChildren(...[K.state.device && view !== 'pin' && held, el('span', {'class': 'unit'}, shown && form ? K.pick(form.place).unit : ''),
      shown && toggle('large', 'A+', 'larger'), shown && toggle('contrast', '◐', 'contrast'), view === 'form' && K.button(say('erase'), K.wipe, 'tool'),
      shown && form.status === 'rehearsal' && el('strong', {'class': 'rehearsal'}, say('rehearsal'))].filter(Boolean));
  }

  function guard() {
    const stop = event => event.preventDefault();
    const isText = target => /^(INPUT|TEXTAREA)$/.test(target.tagName);
    ['pointerdown', 'keydown', 'input', 'wheel', 'scroll'].forEach(name => addEventListener(name, () => { if (!warning) touched = Date.now(); }, {passive: true, capture: true}));
    ['contextmenu', 'gesturestart', 'dragstart', 'drop'].forEach(name => addEventListener(name, stop));
    addEventListener('selectstart', event => { if (!isText(event.target)) stop(event); });
    addEventListener('wheel', event => { if (event.ctrlKey) stop(event); }, {passive: false});
    addEventListener('touchmove', event => { if (event.touches.length > 1) stop(event); }, {passive: false});
    addEventListener('keydown', event => {
      const zooms = event.ctrlKey && '+-=0psuof'.includes(event.key.toLowerCase());
      if (zooms || event.key === 'F5' || event.altKey && /^Arrow/.test(event.key)) stop(event);
    });
    history.pushState(null, '', location.pathname);
    addEventListener('popstate', () => {
      if (!locked) return;
      history.pushState(null, '', location.pathname);
      if (view === 'form' && at) ask(at - 1);
    });
    addEventListener('pagehide', () => { if (K.state.device) { answers = {}; screen.replaceChildren(); } });
    addEventListener('pageshow', event => { if (event.persisted) K.wipe(); });
  }

  async function start() {
    const token = /^#enrol=([0-9A-Z]+)$/.exec(location.hash);
    if (location.hash) history.replaceState(null, '', location.pathname);
    addEventListener('hashchange', () => location.reload());
    if ('serviceWorker' in navigator) {
      navigator.serviceWorker.register('/kiosk/worker.js', {scope: '/kiosk/'})
        .then(() => navigator.serviceWorker.ready).then(ready => ready.active.postMessage(location.pathname)).catch(() => {});
    }
    await K.store.open();
    if (token) return K.enrol(token[1]);
    const ready = K.queue.begin();
    K.state.device = await K.store.meta('device');
    if (!K.state.device) return stranger();
    guard();
    K.state.form = await K.store.meta('form');
    setInterval(tick, 500);
    await ready;
    return K.wipe();
  }

  start();
})();
