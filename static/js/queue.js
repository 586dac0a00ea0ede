/* The scans that the server has not answered yet, kept on this device until it has: they outlive a
 * closed page and a restart. Where there is no IndexedDB they live as long as the page.
 *
 *   TamuQueue.keep(entry)    resolves with its id; entry: {person, name, fields: [[name, value]]}
 *   TamuQueue.all()          resolves with what is kept, oldest first, each with its id
 *   TamuQueue.mark(id, why)  notes that the server has refused one for good
 *   TamuQueue.drop(id)       forgets one
 */
window.TamuQueue = (() => {
  "use strict";

  const DATABASE = "tamu";
  const STORE = "scans";
  const PATIENCE_MS = 2_000; // a store that does not answer must not hold up a scan
  let opened = null;
  let hasAsked = false;

  function open() {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        request.result.onclose = () => { opened = null; }; // a phone may take it away
        request.result.onversionchange = () => { request.result.close(); opened = null; };
        resolve(request.result);
      };
    });
    return opened;
  }

  // Runs one request in a transaction of its own; resolves once that is on the disk.
  function run(mode, act) {
    const done = open().then((database) => new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    }));
    const impatience = new Promise((_, reject) => { setTimeout(reject, PATIENCE_MS); });
    return Promise.race([done, impatience]).catch((error) => {
      opened = null; // the next one tries anew
      throw error;
    });
  }

  // A device that is short of room throws away what it was not asked to keep; asked once a page, and
  // not before there is something to keep.
  function askToStay() {
    if (hasAsked) return;
    hasAsked = true;
    navigator.storage?.persist?.().catch(() => {});
  }

  function keep(entry) {
    askToStay();
    return run("readwrite", (store) => store.add(entry));
  }

  const all = () => run("readonly", (store) => store.getAll());

  async function mark(id, why) {
    const entry = await run("readonly", (store) => store.get(id));
    if (entry) await run("readwrite", (store) => store.put({ ...entry, refused: why }));
  }

  // Whoever looks at this device is told of what others have left on it.
  async function tellOfOthers() {
    const notice = document.querySelector("[data-unsent-others]");
    const kept = (await all()).filter(({ person, refused }) => !refused && person !== document.body.dataset.person);
    if (!notice || !kept.length) return;
    const names = [...new Set(kept.map(({ name }) => name))].join(", ");
    notice.querySelector("p").textContent =
      `${kept.length} pindaian ${names} masih tersimpan di perangkat ini dan terkirim bila ia masuk di sini.`;
    notice.hidden = false;
  }

  // The scanner page that is kept here belongs to whoever is signed in; with the sign-out it goes.
  async function forgetPageOfOthers() {
    const address = "/pindai/luring";
    const kept = await caches.match(address, { ignoreVary: true });
    const isTheirs = kept && (await kept.text()).includes(`data-person="${document.body.dataset.person ?? ""}"`);
    if (kept && !isTheirs) await (await caches.open("tamu")).delete(address);
  }

  if (window.indexedDB) tellOfOthers().catch(() => {});
  if (window.caches) forgetPageOfOthers().catch(() => {});

  return {
    keep,
    all,
    mark,
    drop: (id) => run("readwrite", (store) => store.delete(id)),
  };
})();
