import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { createApi } from './api/client.ts';
import { WebSocketEvents } from './api/events.ts';
import { exposeDiagnostics } from './diagnostics.ts';
import { startTranslation } from './i18n/i18n.ts';
import { IceServers } from './phone/iceServers.ts';
import { watchLeaving } from './phone/leaving.ts';
import { BrowserMedia } from './phone/media/browser.ts';
import { Phone } from './phone/phone.ts';
import { SipSignalling } from './phone/sip.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has a #root');

const { origin } = window.location;
const api = createApi((request) => fetch(request), origin);
const iceServers = new IceServers(origin, () => api.relayPass());
const phone = new Phone(new SipSignalling(origin, iceServers), new BrowserMedia(localStorage));
exposeDiagnostics(phone);
watchLeaving(phone);
await startTranslation();
const events = new WebSocketEvents(origin, async () => (await api.session()) !== null);
createRoot(root).render(<App backend={{ api, events, phone }} />);
