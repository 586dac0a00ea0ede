/* Sends scans one after the other, oldest first, each with its nonce until the server itself has
 * answered: over a lost connection, a session that ran out, a restart, and also for another tab of the
 * same person. From two seconds on a scan says when it was made (`queued`).
 *
 *   TamuOutbox.send(formData, panel)   panel: the open result that this answers, or null
 *   TamuOutbox.deliver()               try again now
 *   TamuOutbox.count()                 how many have no answer yet
 *   TamuOutbox.waiting()               those of them that are late
 *   TamuOutbox.refused()               late ones that the server will never take, each with `why`
 *   TamuOutbox.dismiss(entry)          the person has seen one of these
 *
 * It tells what happens as events on the document: tamu:answer {html, panel, response}, tamu:cut
 * {panel}, tamu:sign-in {html}, tamu:outbox.
 */
window.TamuOutbox = (() => {
  "use strict";

  const LATE_AFTER_MS = 2_000; // from then on the server counts the time of the scan, not of its arrival
  const RETRY_AFTER_MS = 3_000;
  const REFUSED_RETRY_MS = 10_000;
  const PATIENCE_MS = 10_000;
  const PATIENCE_FOR_PHOTOS_MS = 60_000;
  const TURN_MS = 15_000; // how long another tab may keep this one waiting
  const MOST_TRIES = 3; // of one that the server cannot digest, before others may pass it
  const LATER = new Set([429, 500, 503]); // not on disk yet: the same scan goes out again
  const TOO_LARGE = 413; // also from a proxy, which would say so for ever

  const store = window.TamuQueue;
  const person = document.body.dataset.person ?? "";
  const queue = []; // {data, panel, isLate, tries, status, kept: a promise of the id on this device}
  const given = []; // refused for good, until the person has seen it
  let isSending = false;
  let retrying = 0;

  const say = (name, detail) => document.dispatchEvent(new CustomEvent(`tamu:${name}`, { detail }));
  const madeAt = ({ data }) => Number(data.get("at"));
  const isLate = (entry) => entry.isLate || Date.now() - madeAt(entry) > LATE_AFTER_MS;
  const isKnown = (entry) => [...queue, ...given].some(({ data }) => data.get("nonce") === entry.data.get("nonce"));

  /* ---------- in and out of the queue ---------- */

  function send(data, panel) {
    if (!data.get("at")) data.set("at", String(Date.now()));
    data.set("offset", String(window.TamuClock.offset()));
    queue.push({ data, panel, isLate: false, tries: 0, kept: keep(data) });
    setTimeout(() => say("outbox"), LATE_AFTER_MS + 100);
    deliver();
  }

  // A device that cannot keep anything still sends what its page remembers: null is told by the strip.
  function keep(data) {
    const fields = [...data].filter(([name]) => name !== "csrf_token");
    return store.keep({ person, name: document.body.dataset.personName ?? "", fields }).catch(() => null);
  }

  // Takes over what an earlier page or another tab of this person has left; somebody else's waits
  // until they sign in here.
  async function adopt() {
    const kept = await store.all().catch(() => []);
    for (const { id, fields, refused, person: owner } of kept) {
      const data = new FormData();
      fields.forEach(([name, value]) => data.append(name, value));
      const entry = { data, panel: null, isLate: true, tries: 0, why: refused, kept: Promise.resolve(id) };
      const isOurs = owner === person && !isKnown(entry);
      if (isOurs && refused) given.push(entry);
      else if (isOurs && Date.now() - madeAt(entry) > LATE_AFTER_MS) queue.push(entry);
    }
    queue.sort((one, other) => madeAt(one) - madeAt(other));
  }

  async function forget(entry) {
    remove(entry, queue);
    const id = await entry.kept;
    if (id !== null) await store.drop(id).catch(() => {});
  }

  function remove(entry, list) {
    if (list.includes(entry)) list.splice(list.indexOf(entry), 1);
  }

  // One of the past that will never be taken is not forgotten before its person has seen why.
  async function refuse(entry, html) {
    entry.why = titleOf(html) || "Kiriman terlalu besar. Ambil foto yang lebih kecil.";
    remove(entry, queue);
    given.push(entry);
    const id = await entry.kept;
    if (id !== null) await store.mark(id, entry.why).catch(() => {});
  }

  function titleOf(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const words = [".result .panel-title", ".result .panel-subtitle"].map((part) => page.querySelector(part)?.textContent.trim());
    return words.filter(Boolean).join(". ");
  }

  async function dismiss(entry) {
    remove(entry, given);
    say("outbox");
    const id = await entry.kept;
    if (id !== null) await store.drop(id).catch(() => {});
  }

  /* ---------- to the server ---------- */

  async function deliver() {
    clearTimeout(retrying);
    if (isSending) return;
    isSending = true;
    try {
      await inTurn(async () => {
        await adopt();
        while (queue.length && (await deliverOne(queue[0]))) { /* the next one */ }
      });
    } finally {
      isSending = false;
    }
    say("outbox");
  }

  // Tabs take turns, where the browser knows how; one that hangs does not stop the others.
  async function inTurn(work) {
    let isOn = false;
    const turn = () => { isOn = true; return work(); };
    try {
      if (!navigator.locks) return await turn();
      return await navigator.locks.request("tamu.scans", { signal: AbortSignal.timeout(TURN_MS) }, turn);
    } catch (error) {
      if (isOn) throw error;
      return turn();
    }
  }

  // Sends one scan; false when it has to go out again later.
  async function deliverOne(entry, mayRenew = true) {
    const answer = await post(entry);
    if (answer === null) return cut(entry);
    const { response, html } = answer;
    if (response.status === TOO_LARGE) {
      if (isOurs(answer)) say("answer", { ...answer, panel: entry.panel });
      await refuse(entry, html);
      return true;
    }
    if (!isOurs(answer)) return cut(entry);
    say("answered", response);
    if (response.status === 401) {
      postpone();
      say("sign-in", { html });
      return false;
    }
    const isStale = response.headers.get("X-Token") === "stale";
    if (isStale && mayRenew && (await renewToken())) return deliverOne(entry, false);
    if (isStale || LATER.has(response.status)) return comeBack(entry, answer);
    if (response.ok || !isLate(entry)) forget(entry);
    else await refuse(entry, html);
    say("answer", { ...answer, panel: entry.panel });
    return true;
  }

  async function post(entry) {
    const { data } = entry;
    if (isLate(entry)) data.set("queued", "1");
    data.set("csrf_token", document.querySelector('meta[name="csrf-token"]')?.content ?? "");
    const signal = AbortSignal.timeout(data.has("photo") ? PATIENCE_FOR_PHOTOS_MS : PATIENCE_MS);
    const headers = { "HX-Request": "true", "X-Page-Person": person };
    try {
      const response = await fetch("/pindai", { method: "POST", body: data, headers, signal });
      return { response, html: await response.text() };
    } catch {
      return null;
    }
  }

  // A proxy's error, a portal's page or the way to another page is no answer to a scan.
  function isOurs({ response, html }) {
    if (response.redirected || !response.headers.has("X-Server-Now")) return false;
    return response.status === 401 || html.includes('class="result');
  }

  function cut(entry) {
    postpone();
    say("cut", { panel: entry.panel });
    retrying = setTimeout(deliver, RETRY_AFTER_MS);
    return false;
  }

  // The server has heard it and cannot take it now; that is said once, not each time.
  function comeBack(entry, answer) {
    entry.tries += 1;
    if (entry.status !== answer.response.status) say("answer", { ...answer, panel: entry.panel });
    entry.status = answer.response.status;
    postpone();
    retrying = setTimeout(deliver, REFUSED_RETRY_MS);
    return entry.status === 500 && entry.tries >= MOST_TRIES && letOthersPass(entry);
  }

  // One that cannot be digested must not stop all that come after it; whether there are any.
  function letOthersPass(entry) {
    remove(entry, queue);
    queue.push(entry);
    return queue[0].tries < entry.tries;
  }

  function postpone() {
    queue.forEach((entry) => { entry.isLate = true; });
    say("outbox");
  }

  // The page is older than the session (it was kept on this device): take over the present token.
  async function renewToken() {
    try {
      const response = await fetch("/pindai/luring", { signal: AbortSignal.timeout(PATIENCE_MS) });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const token = page.querySelector('meta[name="csrf-token"]')?.content;
      if (!token || page.body.dataset.person !== person) return false;
      document.querySelector('meta[name="csrf-token"]').content = token;
      return true;
    } catch {
      return false;
    }
  }

  window.addEventListener("online", deliver);
  document.addEventListener("tamu:signed-in", deliver);
  deliver();
  setTimeout(deliver, LATE_AFTER_MS + 100); // what another page left a moment ago is late by then

  return {
    send,
    deliver,
    dismiss,
    count: () => queue.length,
    waiting: () => queue.filter(isLate),
    refused: () => [...given],
  };
})();
