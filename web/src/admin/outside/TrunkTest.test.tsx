import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Stage } from '../../../dev/fake/scenes.ts';
import { endedTest, startTest } from '../../../dev/fake/trunkTests.ts';
import { button, open } from '../../App.testing.tsx';
import { sentenceCodeOf } from './testWords.ts';

type Company = Stage['server']['company'];
const NOW = new Date('2026-11-26T10:00:00Z');

async function openTest(name: string, prepare?: (company: Company) => void) {
  window.location.hash = '/admin';
  const opened = open({}, ({ server }) => prepare?.(server.company));
  await opened.user.click(await screen.findByRole('tab', { name: 'Calls outside' }));
  await opened.user.click(await button(`Test ${name}`));
  await screen.findByRole('dialog', { name: `Test of ${name}` });
  return { ...opened, company: opened.stage.server.company };
}

const steps = () => within(screen.getByRole('list', { name: 'Steps' })).getAllByRole('listitem');

/** Every trunk was tested before. */
function tested({ outside }: Company): void {
  for (const trunk of outside.trunks) outside.tests.set(trunk.id, endedTest(trunk, null, NOW));
}

describe('the test of a trunk', () => {
  afterEach(() => vi.useRealTimers());

  it('fills in step by step, and ends', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { user } = await openTest('Head office');
    expect(screen.getByLabelText('Echo number')).toHaveValue('0 089 999');
    await user.click(await button('Test'));
    expect(await screen.findByText('The trunk is being tested…')).toBeVisible();
    expect(steps().map((step) => step.textContent)).toEqual([
      'NameRunning',
      ...['Connection', 'OPTIONS', 'Registration', 'STUN', 'Router', 'Echo call'].map(
        (name) => `${name}Waiting`,
      ),
    ]);
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    await waitFor(() =>
      expect(steps()[0]).toHaveTextContent(/^NamePassed38 mssip\.example\.net leads to TLS/),
    );
    expect(steps()[1]).toHaveTextContent('ConnectionRunning');
    for (let step = 0; step < 6; step += 1) await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(await screen.findByText('It works, but one step has something to tell.')).toBeVisible();
    expect(steps()[1]).toHaveTextContent(
      /^ConnectionWarning61 msConnected to TLS .* ends on (8 Dec|Dec 8,) 2026, in 12 days/,
    );
    expect(steps()[6]).toHaveTextContent(
      /^Echo callPassed3\.4 s0 089 999 answers and our own tone comes back/,
    );
    expect(await button('Test again')).toBeEnabled();
  });

  it('shows what the last one has found, with its details', async () => {
    const { user } = await openTest('Abroad', tested);
    expect(await screen.findByText('One step failed.')).toBeVisible();
    const [, , , registration, , router, echo] = steps();
    expect(registration).toHaveTextContent(
      /^RegistrationFailed66 msThe provider refuses user name or password\.Details/,
    );
    expect(router).toHaveTextContent(/^RouterWarning0\.1 msSomething on the way rewrites SIP messages/);
    expect(echo).toHaveTextContent('Echo callLeft outNo call was made.');
    if (registration === undefined) throw new Error('a test has seven steps');
    const reason = within(registration).getByText('Forbidden');
    expect(reason).not.toBeVisible();
    await user.click(within(registration).getByText('Details'));
    expect(reason).toBeVisible();
  });

  it('makes no call without a number', async () => {
    const { user, company } = await openTest('Head office');
    await user.clear(screen.getByLabelText('Echo number'));
    await user.click(await button('Test'));
    await waitFor(() =>
      expect(company.outside.tests.get(1)?.steps.at(-1)).toMatchObject({ result: 'left_out' }),
    );
  });

  it('follows one that somebody else has started', async () => {
    const { user, company } = await openTest('Head office');
    await waitFor(() => expect(screen.queryByRole('list', { name: 'Steps' })).toBeNull());
    startTest(company, 1, { echo_number: null });
    await user.click(await button('Test'));
    expect(await screen.findByText('The trunk is being tested…')).toBeVisible();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says when it cannot be started', async () => {
    const { user, stage } = await openTest('Head office');
    stage.server.options.broken = true;
    await user.click(await button('Test'));
    expect(await screen.findByRole('alert')).toHaveTextContent(/^The server could not do it/);
  });

  it('is copied as plain text', async () => {
    const { user } = await openTest('Abroad', tested);
    await user.click(await button('Copy result'));
    const text = await navigator.clipboard.readText();
    expect(text).toContain('Test of Abroad (trunk.example.org), 2026-11-26T10:00:00.000Z');
    expect(text).toContain(
      'Registration kd-80412: Failed, 66 ms\nThe provider refuses user name or password.\n  Status: 403\n  Reason: Forbidden',
    );
    expect(text).toContain('Echo call: Left out\nNo call was made.');
  });
});

describe('what a step has found', () => {
  it('is said in our words only where all is known that goes into them', () => {
    expect(sentenceCodeOf('connected', { server: 'x', local: 'y' })).toBe('connected');
    expect(sentenceCodeOf('connected', { server: 'x' })).toBeNull();
    expect(sentenceCodeOf('from_the_future', {})).toBeNull();
    expect(sentenceCodeOf('toString', {})).toBeNull();
  });
});
