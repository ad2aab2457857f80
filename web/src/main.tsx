import { createRoot } from 'react-dom/client';
import { App, GuestApp } from './App.tsx';
import { createCheckApi } from './api/check.ts';
import { createApi } from './api/client.ts';
import { WebSocketEvents } from './api/events.ts';
import type { Backend } from './backend.ts';
import { BrowserInstruments } from './check/browser.ts';
import { placeOf } from './check/guest.ts';
import type { CheckBackend } from './check/useCheck.ts';
import { exposeDiagnostics } from './diagnostics.ts';
import { startTranslation } from './i18n/i18n.ts';
import { DeskPhone } from './phone/deskPhone.ts';
import { IceServers } from './phone/iceServers.ts';
import { LeadingTab } from './phone/leadingTab.ts';
import { watchLeaving } from './phone/leaving.ts';
import { BrowserMedia } from './phone/media/browser.ts';
import { BrowserPhone } from './phone/browserPhone.ts';
import { SipSignalling } from './phone/sip.ts';
import { Player } from './recording/player.ts';
import { hashOf } from './shell/route.ts';
import { TalkOnChoice } from './phone/talkOn.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has a #root');

const { origin } = window.location;
// Before anything else: a guest's token stays in no address.
const place = placeOf(window.location, window.history, sessionStorage);
const hash = hashOf(window.location.pathname);
if (hash !== null) window.history.replaceState(null, '', `/${hash}`);
await startTranslation();
if (place.is === 'guest') createRoot(root).render(<GuestApp check={checkFor(place.token)} />);
else createRoot(root).render(<App backend={startApp()} />);

/** Everything of somebody who is signed in, or will be. */
function startApp(): Backend {
  const api = createApi((request) => fetch(request), origin);
  const iceServers = new IceServers(origin, () => api.relayPass());
  const phone = new BrowserPhone(new SipSignalling(origin, iceServers), new BrowserMedia(localStorage));
  exposeDiagnostics(phone);
  watchLeaving(phone);
  const events = new WebSocketEvents(origin, async () => (await api.session()) !== null);
  const desk = new DeskPhone(api);
  const talkOn = new TalkOnChoice(localStorage, sessionStorage);
  window.addEventListener('storage', () => talkOn.storageChanged());
  // Pages that did not come over https have no locks.
  const tab = new LeadingTab('locks' in navigator ? navigator.locks : null);
  return { api, events, phone, desk, talkOn, tab, player: new Player(new Audio()), check: checkFor(null) };
}

/** `token`: a guest's. */
function checkFor(token: string | null): CheckBackend {
  const api = createCheckApi((request) => fetch(request), origin, token);
  return { api, instruments: new BrowserInstruments(api) };
}
