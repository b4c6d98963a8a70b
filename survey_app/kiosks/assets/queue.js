/* Takes answers into the queue and sends them until the server has each of them exactly once. */
(function () {
  'use strict';
  const K = window.kiosk, store = K.store;
  const MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
  const BATCH = 20, TICKETS = 200, FRESH = 12 * HOUR, USABLE = 7 * DAY - HOUR;
  const state = K.state = {device: null, form: null, online: navigator.onLine, waiting: 0, refused: 0, tickets: 0, problem: ''};
  let sending = null;
  let pace = [];

  K.ask = async (path, contents) => {
    const control = new AbortController(), timer = setTimeout(() => control.abort(), 20000);
    const headers = {Accept: 'application/json'};
    if (state.device) headers['X-Kiosk-Key'] = state.device.key;
    if (contents) headers['Content-Type'] = 'application/json';
    try {
      const answer = await fetch('/kiosk/' + K.code + '/' + path, {
        method: contents ? 'POST' : 'GET', headers: headers, body: contents && JSON.stringify(contents),
        cache: 'no-store', credentials: 'omit', signal: control.signal
      });
      const found = Object.assign(await answer.json(), {http: answer.status});
      state.online = answer.status < 500;
      if (state.device) state.problem = /^(device|revoked|counter)$/.test(found.refused) ? found.refused : '';
      return found;
    } catch (lost) {
      state.online = false;
      throw lost;
    } finally {
      clearTimeout(timer);
      K.changed();
    }
  };

  async function count() {
    const rows = await store.all('queue'), waiting = rows.filter(row => !row.reason);
    state.waiting = waiting.length;
    state.refused = rows.length - waiting.length;
    state.oldest = waiting.map(row => row.hour).sort()[0] || null;
    state.tickets = (await usable()).length;
    K.changed();
  }

  /* The freshest ticket first: an answer has to arrive within 7 days of the hour in which its ticket was made. */
  async function usable() {
    const series = state.form && state.form.series;
    const rows = (await store.all('tickets')).filter(row => row.series === series && Date.now() - row.at < USABLE);
    return rows.sort((one, other) => other.at - one.at);
  }

  async function refill() {
    if (!state.form || !/^(open|rehearsal)$/.test(state.form.status)) return;
    const fresh = (await usable()).filter(row => Date.now() - row.at < FRESH);
    if (fresh.length > TICKETS / 2) return;
    const found = await K.ask('tickets', {count: TICKETS});
    if (found.http !== 200) return;
    const rows = found.tickets.map(pair => ({id: pair[0], token: pair[1], series: found.series, at: Date.now()}));
    const old = (await store.all('tickets')).map(row => row.id);
    await store.put('tickets', rows);
    await store.drop('tickets', old);
  }

  async function fetchForm() {
    const found = await K.ask('form');
    if (found.http !== 200 || state.form && !K.isIdle()) return;
    state.form = found;
    await store.keep('form', found);
  }

  async function sendBatch(rows) {
    const batch = [];
    for (const row of rows) batch.push(Object.assign({id: row.id}, await store.unseal(row)));
    const found = await K.ask('answers', {answers: batch});
    if (found.http !== 200) return false;
    const refused = {};
    state.received = found.received;
    const done = found.results.filter(one => {
      if (one.outcome === 'refused' && one.reason !== 'rehearsal') refused[one.id] = one.reason;
      return !refused[one.id];
    });
    await store.put('queue', rows.filter(row => refused[row.id]).map(row => Object.assign(row, {reason: refused[row.id]})));
    await store.drop('queue', done.map(one => one.id));
    if (done.length) await store.keep('last_sent', Date.now());
    return true;
  }

  async function sendAll() {
    for (;;) {
      const rows = (await store.all('queue')).filter(row => !row.reason).slice(0, BATCH);
      if (!rows.length || !(await sendBatch(rows))) return;
      await count();
    }
  }

  K.queue = {
    /* Keeps one set of answers; says whether it is safely on this device. */
    add: async (answers, language, seconds) => {
      const now = Date.now();
      pace = pace.filter(at => now - at < MINUTE).concat(now);
      const hour = new Date(Math.floor(now / HOUR) * HOUR).toISOString();
      for (const ticket of await usable()) {
        const contents = {
          token: ticket.token, answers: answers, language: language, hour: hour, seconds: Math.round(seconds),
          burst: pace.length >= 5
        };
        const row = Object.assign({id: ticket.id, hour: hour}, await store.seal(contents));
        if (await store.record(row)) {
          await count();
          return true;
        }
      }
      return false;
    },
    send: () => {
      if (!sending) sending = sendAll().catch(() => {}).then(() => { sending = null; return count(); });
      return sending;
    },
    beat: async () => {
      if (!state.device) return;
      try {
        const found = await K.ask('heartbeat', {
          waiting: state.waiting, refused: state.refused, oldest: state.oldest || null,
          recorded: (await store.meta('recorded')) || 0, version: K.version
        });
        if (found.http !== 200) return;
        state.received = found.received;
        state.newer = found.version !== K.version;
        if (found.pin !== state.device.pin || found.name !== state.device.name) {
          if (found.pin !== state.device.pin) await store.drop('meta', ['verifier']);
          Object.assign(state.device, {pin: found.pin, name: found.name});
          await store.keep('device', state.device);
        }
        if (K.isIdle() && (!state.form || found.state !== state.form.state)) await fetchForm();
        await refill();
      } catch (lost) { /* the next beat tries again */ }
      await count();
    },
    /* All that waits, readable: after it the device may be enrolled anew. */
    export: async () => {
      const rows = await store.all('queue'), answers = [];
      for (const row of rows) answers.push(Object.assign({id: row.id, reason: row.reason || null}, await store.unseal(row)));
      await store.keep('exported', rows.map(row => row.id));
      const file = {kiosk: state.device.name, code: K.code, exported_at: new Date().toISOString(), answers: answers};
      return JSON.stringify(file, null, 1);
    },
    begin: async () => {
      state.device = await store.meta('device');
      if (!state.device) return;
      state.form = await store.meta('form');
      await count();
      const sync = () => K.queue.send();
      addEventListener('online', () => { K.queue.beat(); sync(); });
      addEventListener('offline', () => { state.online = false; K.changed(); });
      document.addEventListener('visibilitychange', () => { if (!document.hidden) sync(); });
      const again = () => setTimeout(() => { sync(); again(); }, 30000 + Math.random() * 5000);
      again();
      setInterval(K.queue.beat, MINUTE);
      sync();
      K.queue.beat();
    }
  };
})();
