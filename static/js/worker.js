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

// All of it or nothing: half an update would open without its scripts.
async function keep(urls) {
  const fetched = await Promise.all([...urls, KEPT_SCANNER, CUT_OFF].map(async (url) => [url, await whole(url)]));
  const cache = await caches.open(KEPT);
  for (const [url, response] of fetched) await cache.put(url, response);
  const wanted = new Set(fetched.map(([url]) => new URL(url, location.origin).href));
  const old = (await cache.keys()).filter(({ url }) => !wanted.has(url));
  await Promise.all(old.map((request) => cache.delete(request)));
}

// What may be kept under this address: no way to another one, no error, no file of another version.
async function whole(url) {
  const response = await fetch(url);
  const { pathname } = new URL(url, location.origin);
  const isOfThisVersion = !pathname.startsWith("/static/") || response.headers.get("Cache-Control")?.includes("immutable");
  if (!response.ok || response.redirected || !isOfThisVersion) throw new Error(`not to be kept: ${url}`);
  return response;
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
  event.waitUntil(caches.open(KEPT).then(async (cache) => cache.put(CUT_OFF, await whole(CUT_OFF))));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data.type === "keep") event.waitUntil(keep(event.data.urls));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/static/") || url.pathname === READER) event.respondWith(file(request, url));
});
