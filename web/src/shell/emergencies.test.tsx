import { QueryClient } from '@tanstack/react-query';
import { act, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { emergencyOf } from '../../dev/fake/scenes.ts';
import { ready } from '../App.testing.tsx';
import { EMERGENCIES_MAX, rememberEmergency, type Emergency } from './emergencies.ts';

const CLEO = emergencyOf('103', 'Cleo Marchetti', 'Room 12, second floor');

describe('a call for help', () => {
  it('is told with person, number and location until it is dismissed', async () => {
    const { user, stage } = await ready();
    act(() => stage.server.tell(CLEO));
    const told = await screen.findByRole('alert');
    expect(told).toHaveTextContent('Cleo Marchetti (103) has called 112.Location: Room 12, second floor');
    expect(told).toHaveTextContent(/by Head office\./);
    act(() => stage.server.tell({ type: 'directory_changed' }));
    expect(screen.getByRole('alert')).toBe(told);
    await user.click(within(told).getByRole('button', { name: /^Dismiss.*Cleo Marchetti/ }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says that no location is known, and that nobody could take the call', async () => {
    const { stage } = await ready();
    act(() => stage.server.tell({ ...CLEO, name: null, extension: null, location: null, trunk: null }));
    const told = await screen.findByRole('alert');
    expect(told).toHaveTextContent('Somebody has called 112.No location is known.');
    expect(told).toHaveTextContent('No trunk could take the call.');
  });

  it('stands above an open dialog, within reach of the keyboard', async () => {
    window.location.hash = '/admin';
    const { user, stage } = await ready();
    await user.click(await screen.findByRole('button', { name: 'Add person' }));
    const dialog = await screen.findByRole('dialog');
    act(() => stage.server.tell(CLEO));
    const dismiss = await screen.findByRole('button', { name: /^Dismiss/ });
    within(dialog).getByRole('button', { name: 'Add' }).focus();
    await user.tab();
    expect(dismiss).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(dialog).toBeVisible();
  });

  it('is told to administrators only', async () => {
    const { stage } = await ready(({ server }) => (server.company.me.role = 'user'));
    act(() => stage.server.tell(CLEO));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('stands in the list of calls with its mark and location', async () => {
    window.location.hash = '/recent';
    await ready(({ server: { company } }) => {
      const [call] = company.calls;
      if (call !== undefined) company.calls = [{ ...call, emergency: true, location: 'Room 12' }];
    });
    expect(await screen.findByText('Emergency call')).toBeVisible();
    expect(screen.getByText(/Location: Room 12/)).toBeVisible();
  });
});

describe('what is remembered', () => {
  const remembered = (queries: QueryClient) => queries.getQueryData<Emergency[]>(['emergencies']) ?? [];

  it('has each call once, and a limit', () => {
    const queries = new QueryClient();
    for (let call = 0; call <= EMERGENCIES_MAX; call += 1) {
      rememberEmergency(queries, { ...CLEO, call: `e-${call}` }, call);
      rememberEmergency(queries, { ...CLEO, call: `e-${call}` }, call);
    }
    expect(remembered(queries)).toHaveLength(EMERGENCIES_MAX);
    expect(remembered(queries)[0]).toMatchObject({ call: `e-${EMERGENCIES_MAX}`, heard_at: EMERGENCIES_MAX });
    expect(remembered(queries).at(-1)).toMatchObject({ call: 'e-1' });
  });
});
