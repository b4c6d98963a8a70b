/* What only staff do on the tablet: enrol it, let themselves out with the PIN, look after the queue. */
(function () {
  'use strict';
  const K = window.kiosk, el = K.el, say = K.say, store = K.store;
  const ROUNDS = 200000, PIN = 6;

  K.button = (label, press, kind) => el('button', {type: 'button', 'class': kind || '', click: press}, label);

  /* Six digits; `tried` gets them and returns what is wrong, or nothing when it has moved on. */
  K.pad = (title, text, tried, cancel) => {
    let pin = '', busy = false;
    const dots = el('p', {'class': 'dots', 'aria-hidden': 'true'}), note = el('p', {'class': 'error', role: 'alert'});
    const show = () => { dots.textContent = '●'.repeat(pin.length) + '○'.repeat(PIN - pin.length); };
    const press = async digit => {
      if (busy) return;
      note.textContent = '';
      pin = digit === '' ? pin.slice(0, -1) : pin + digit;
      show();
      if (pin.length < PIN) return;
      busy = true;
      const wrong = await tried(pin);
      pin = '';
      busy = false;
      show();
      if (wrong) note.textContent = wrong;
    };
    const keys = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(digit => K.button(digit, () => press('' + digit)));
    const last = [cancel ? K.button(say('cancel'), cancel, 'quiet') : el('span'), K.button(0, () => press('0')),
      K.button(say('digit_off'), () => press(''), 'quiet')];
    show();
    return el('div', {'class': 'pad', keydown: event => { if (/^[0-9]$/.test(event.key)) press(event.key); }},
      el('h1', {tabindex: -1}, title), text && el('p', null, text), dots, note, el('div', {'class': 'keys'}, ...keys, ...last));
  };

  const wait = found => (found.wait ? say('locked', {n: found.wait}) : say('wrong_pin'));

  async function digest(pin, salt) {
    const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveBits']);
    const about = {name: 'PBKDF2', hash: 'SHA-256', salt: salt, iterations: ROUNDS};
    return Array.from(new Uint8Array(await crypto.subtle.deriveBits(about, key, 256))).join();
  }

  /* A PIN that the server called right opens the tablet without a network too. */
  async function remember(pin) {
    if (!crypto.subtle) return;
    const salt = crypto.getRandomValues(new Uint8Array(16));
    await store.keep('verifier', {salt: salt, digest: await digest(pin, salt)});
    await store.keep('tries', {failures: 0, until: 0});
  }

  async function tryHere(pin) {
    const known = await store.meta('verifier'), tries = (await store.meta('tries')) || {failures: 0, until: 0};
    if (!known) return say('pin_offline');
    if (Date.now() < tries.until) return wait({wait: Math.ceil((tries.until - Date.now()) / 1000)});
    if ((await digest(pin, known.salt)) === known.digest) {
      await store.keep('tries', {failures: 0, until: 0});
      return '';
    }
    const failures = tries.failures + 1, seconds = failures < 5 ? 0 : Math.min(60 * Math.pow(2, failures - 5), 900);
    await store.keep('tries', {failures: failures, until: seconds ? Date.now() + seconds * 1000 : 0});
    return wait({wait: seconds});
  }

  async function unlock(pin) {
    try {
      const found = await K.ask('unlock', {pin: pin});
      if (found.refused === 'pin') return wait(found);
      if (found.http === 200) {
        await remember(pin);
        return '';
      }
    } catch (lost) { /* without a network the tablet decides */ }
    return tryHere(pin);
  }

  K.askPin = () => K.show('pin', K.pad(say('staff'), say('pin'), async pin => {
    const wrong = await unlock(pin);
    if (!wrong) await K.panel();
    return wrong;
  }, K.wipe));

  K.enrol = token => K.show('enrol', K.pad(say('enrol'), say('enrol_text'), async pin => {
    const exported = (await store.meta('exported')) || [], kept = (await store.all('queue')).map(row => row.id);
    if (!kept.every(id => exported.includes(id))) return say('enrol_queue');
    let found;
    try {
      found = await K.ask('enrolment', {token: token, pin: pin});
    } catch (lost) {
      return say('enrol_offline');
    }
    if (found.refused === 'pin') return wait(found);
    if (found.http !== 200) return say('enrol_bad');
    await store.drop('meta', ['form', 'recorded', 'last_sent', 'exported']);
    await store.drop('queue', kept);
    await store.drop('tickets', (await store.all('tickets')).map(row => row.id));
    await store.keep('device', {key: found.key, name: found.name, pin: found.pin});
    await remember(pin);
    if (navigator.storage && navigator.storage.persist) await navigator.storage.persist();
    location.reload();
    return '';
  }, () => location.reload()));

  function download(text) {
    const link = el('a', {href: URL.createObjectURL(new Blob([text], {type: 'application/json'})), download: 'kiosk-' + K.code + '.json'});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  K.panel = async () => {
    const state = K.state, last = await store.meta('last_sent'), recorded = (await store.meta('recorded')) || 0;
    const refused = (await store.all('queue')).filter(row => row.reason);
    const why = refused.map(row => new Date(row.hour).toLocaleString('vi') + ': ' + say('why_' + row.reason));
    const facts = [
      ['kiosk', state.device.name], ['counter', state.form ? K.pick(state.form.place).name : K.code],
      ['network', state.online ? say('online') : say('offline')], ['queue', state.waiting],
      ['arrived', (state.received || 0) + '/' + recorded], ['refused', state.refused],
      ['last_sent', last ? new Date(last).toLocaleString('vi') : say('never')], ['tickets', state.tickets],
      ['storage', store.isSealed() ? say('sealed') : say('open')],
      ['version', K.version + (state.newer ? ' · ' + say('version_new') : '')]
    ];
    const again = async work => { await work(); await K.panel(); };
    K.show('panel', el('div', {'class': 'panel'}, el('h1', {tabindex: -1}, say('staff')),
      el('dl', null, ...facts.map(fact => el('div', null, el('dt', null, say(fact[0])), el('dd', null, fact[1])))),
      why.length > 0 && el('ul', null, ...why.map(line => el('li', null, line))),
      el('div', {'class': 'keys'},
        K.button(say('return'), K.wipe),
        K.button(say('send_queue'), () => again(async () => { await K.queue.send(); await K.queue.beat(); }), 'quiet'),
        K.button(say('export'), async () => download(await K.queue.export()), 'quiet'),
        K.button(say('update'), K.update, 'quiet'),
        K.button(say('leave'), K.leave, 'quiet'))));
  };
})();
