/* What the device keeps: its key, tickets, and answers that wait, sealed with a key that cannot leave the browser. */
(function () {
  'use strict';
  const K = window.kiosk = {code: document.body.dataset.code, version: document.body.dataset.version};
  const STORES = ['meta', 'tickets', 'queue'];
  let db = null;
  let cipher = null;

  function openDatabase() {
    return new Promise((done, fail) => {
      const request = indexedDB.open('kiosk', 1);
      request.onupgradeneeded = () => STORES.forEach(name => request.result.createObjectStore(name, {keyPath: 'id'}));
      request.onsuccess = () => done(request.result);
      request.onerror = request.onblocked = () => fail(request.error);
    });
  }

  /* One transaction; it is over, and on the disk, before the promise is kept. */
  function transact(names, mode, work) {
    return new Promise((done, fail) => {
      const transaction = db.transaction(names, mode, {durability: 'strict'});
      let result;
      transaction.oncomplete = () => done(result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
      work(name => transaction.objectStore(name), value => { result = value; });
    });
  }

  const indexed = {
    get: (name, id) => transact([name], 'readonly', (store, give) => {
      const request = store(name).get(id);
      request.onsuccess = () => give(request.result);
    }),
    all: name => transact([name], 'readonly', (store, give) => {
      const request = store(name).getAll();
      request.onsuccess = () => give(request.result);
    }),
    put: (name, rows) => transact([name], 'readwrite', store => rows.forEach(row => store(name).put(row))),
    drop: (name, ids) => transact([name], 'readwrite', store => ids.forEach(id => store(name).delete(id))),
    /* A ticket turns into an answer in one step, so that no power cut makes two of one or none of it. */
    record: row => transact(STORES, 'readwrite', (store, give) => {
      const ticket = store('tickets').get(row.id);
      ticket.onsuccess = () => {
        give(!!ticket.result);
        if (!ticket.result) return;
        store('tickets').delete(row.id);
        store('queue').put(row);
        const count = store('meta').get('recorded');
        count.onsuccess = () => store('meta').put({id: 'recorded', value: (count.result ? count.result.value : 0) + 1});
      };
    })
  };

  /* For browsers that refuse a database: the same in localStorage, where no key can be kept from reading. */
  const read = name => JSON.parse(localStorage.getItem('kiosk:' + name) || '{}');
  const change = (name, work) => {
    const rows = read(name);
    work(rows);
    localStorage.setItem('kiosk:' + name, JSON.stringify(rows));
  };
  const plain = {
    get: async (name, id) => read(name)[id],
    all: async name => { const rows = read(name); return Object.keys(rows).map(id => rows[id]); },
    put: async (name, rows) => change(name, kept => rows.forEach(row => { kept[row.id] = row; })),
    drop: async (name, ids) => change(name, kept => ids.forEach(id => { delete kept[id]; })),
    record: async row => {
      if (!read('tickets')[row.id]) return false;
      change('queue', kept => { kept[row.id] = row; });
      change('tickets', kept => { delete kept[row.id]; });
      change('meta', kept => { kept.recorded = {id: 'recorded', value: (kept.recorded ? kept.recorded.value : 0) + 1}; });
      return true;
    }
  };

  K.store = {
    open: async () => {
      try {
        db = await openDatabase();
        Object.assign(K.store, indexed);
      } catch (refused) {
        Object.assign(K.store, plain);
      }
      if (!db || !window.crypto.subtle) return;
      cipher = await K.store.meta('cipher');
      if (cipher) return;
      cipher = await crypto.subtle.generateKey({name: 'AES-GCM', length: 256}, false, ['encrypt', 'decrypt']);
      await K.store.keep('cipher', cipher);
    },
    meta: async id => { const row = await K.store.get('meta', id); return row && row.value; },
    keep: (id, value) => K.store.put('meta', [{id: id, value: value}]),
    isSealed: () => !!cipher,
    seal: async value => {
      if (!cipher) return {plain: value};
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const text = new TextEncoder().encode(JSON.stringify(value));
      return {iv: iv, sealed: await crypto.subtle.encrypt({name: 'AES-GCM', iv: iv}, cipher, text)};
    },
    unseal: async row => {
      if (row.plain) return row.plain;
      const text = await crypto.subtle.decrypt({name: 'AES-GCM', iv: row.iv}, cipher, row.sealed);
      return JSON.parse(new TextDecoder().decode(text));
    }
  };
})();
