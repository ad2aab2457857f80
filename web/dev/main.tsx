/** The app without a server: `npm run dev:fake`, then `/?scene=incoming#/people`. Scenes are listed in `fake/scenes.ts`. */
import { createRoot } from 'react-dom/client';
import { App, GuestApp } from '../src/App.tsx';
import { exposeDiagnostics } from '../src/diagnostics.ts';
import { startTranslation, switchLanguage } from '../src/i18n/i18n.ts';
import { playScene } from './fake/scenes.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has a #root');

const query = new URLSearchParams(window.location.search);
const stage = playScene(query.get('scene') ?? 'idle');
localStorage.setItem('farend.notifications', 'off');
exposeDiagnostics(stage.phone);
await startTranslation();
const language = query.get('language');
if (language !== null) await switchLanguage(language);
const { isGuest = false } = stage.server.options;
createRoot(root).render(isGuest ? <GuestApp check={stage.check} /> : <App backend={stage} />);
