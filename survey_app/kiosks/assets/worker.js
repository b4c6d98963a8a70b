/* Keeps the kiosk's page and its files, whole versions at a time. VERSION and FILES stand in the line above. */
const CACHE = 'kiosk-' + VERSION;
const isPage = path => /^\/kiosk\/[0-9A-Z]{8}$/.test(path);

async function pagesKept() {
  const found = new Set();
  for (const name of await caches.keys()) {
    if (!name.startsWith('kiosk-')) continue;
    for (const request of await (await caches.open(name)).keys()) {
      const path = new URL(request.url).pathname;
      if (isPage(path)) found.add(path);
    }
  }
  return [...found];
}

self.addEventListener('install', event => event.waitUntil((async () => {
  const paths = FILES.concat(await pagesKept());
  const cache = await caches.open(CACHE);
  await cache.addAll(paths.map(path => new Request(path, {cache: 'reload'})));
})()));

self.addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith('kiosk-') && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));

self.addEventListener('message', event => {
  if (event.data === 'take over') self.skipWaiting();
  else if (isPage(event.data)) {
    event.waitUntil(caches.open(CACHE).then(cache => cache.add(new Request(event.data, {cache: 'reload'}))));
  }
});

self.addEventListener('fetch', event => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== 'GET' || !(isPage(path) || FILES.includes(path))) return;
  event.respondWith(caches.open(CACHE).then(cache => cache.match(path)).then(kept => kept || fetch(event.request)));
});
