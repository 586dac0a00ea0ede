/* The service worker: keeps the scanner page on this device, so that it opens while the server cannot be
 * reached. It keeps no page with a guest on it, and answers nothing that changes anything.
 *
 *   {type: "keep", urls}   the scanner page as it is now, and the files it is made of
 */
"use strict";

const KEPT = "tamu";
const SCANNER = "/pindai";
const KEPT_SCANNER = "/pindai/luring";
const CUT_OFF = "/luring";
const READER = "/pindai/pembaca.js";
const PATIENCE_MS = 5_000;

async function keep(urls) {
  const cache = await caches.open(KEPT);
  await Promise.all(urls.map((url) => keepOne(cache, url)));
  const wanted = new Set(urls.map((url) => new URL(url, location.origin).href));
  const kept = await cache.keys();
  await Promise.all(kept.filter(({ url }) => !wanted.has(url)).map((request) => cache.delete(request)));
}

async function keepOne(cache, url) {
  try {
    const response = await fetch(url, { headers: { "X-Kept": "1" } });
    if (response.ok && !response.redirected) await cache.put(url, response);
  } catch {
    // what was kept before stays
  }
}

const kept = (url) => caches.match(url, { ignoreVary: true });

// A page: from the server; the scanner also from here, when the server is away or too slow.
async function page(request, url) {
  const answer = fetch(request);
  if (url.pathname !== SCANNER) return answer.catch(async (error) => orFail(await kept(CUT_OFF), error));
  const patience = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); });
  const early = await Promise.race([answer.catch(() => null), patience]);
  if (early) return early;
  return (await kept(KEPT_SCANNER)) ?? answer.catch(async (error) => orFail(await kept(CUT_OFF), error));
}

function orFail(response, error) {
  if (!response) throw error;
  return response;
}

// Files are named by their content, so one that is kept is right; the reader's script is not.
async function file(request, url) {
  if (url.pathname === READER) return fetch(request).catch(async (error) => orFail(await kept(url.href), error));
  return (await kept(url.href)) ?? fetch(request);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(KEPT).then((cache) => keepOne(cache, CUT_OFF)));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data.type === "keep") event.waitUntil(keep([...event.data.urls, KEPT_SCANNER, CUT_OFF]));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/static/") || url.pathname === READER) event.respondWith(file(request, url));
});
