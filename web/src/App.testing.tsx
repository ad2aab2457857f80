/** The app on the fake server, as tests open it. */
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createStage, type Stage } from '../dev/fake/scenes.ts';
import { type FakeServerOptions } from '../dev/fake/server.ts';
import { App } from './App.tsx';

const AT_ONCE = { connect_ms: 0, ring_ms: 0, answer_ms: 0 };
export const BEN = { number: '102', name: 'Ben Okafor' };
export const CLEO = { number: '103', name: 'Cleo Marchetti' };

export function open(options: FakeServerOptions = {}, prepare?: (stage: Stage) => void) {
  const stage = createStage(options, AT_ONCE);
  prepare?.(stage);
  render(<App backend={stage} />);
  return { stage, user: userEvent.setup() };
}

/** The app, signed in and connected. */
export async function ready(prepare?: (stage: Stage) => void) {
  const opened = open({}, prepare);
  await screen.findByText('Ready for calls');
  return opened;
}

export const button = (name: string | RegExp) => screen.findByRole('button', { name });

export const focused = () => (document.activeElement instanceof HTMLElement ? document.activeElement : null);

export async function talkTo(opened: Awaited<ReturnType<typeof ready>>, number: string) {
  await opened.user.type(await screen.findByRole('combobox', { name: 'Search or dial' }), `${number}{Enter}`);
  await button('Hang up');
}
