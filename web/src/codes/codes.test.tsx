/** The codes as people find and print them. */
import { screen, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { button, open, ready } from '../App.testing.tsx';
import { switchLanguage } from '../i18n/i18n.ts';

const codes = async (name = 'Codes') => within(await screen.findByRole('list', { name }));

it('lists every code with what may stand behind it, also for people who administer nothing', async () => {
  await ready(({ server: { company } }) => {
    company.me.role = 'user';
    company.features.codes = company.features.codes.map((each) =>
      each.name === 'park' ? { ...each, code: '*71' } : each,
    );
  });
  window.location.hash = '/codes';
  const rows = (await codes()).getAllByRole('listitem');
  expect(rows).toHaveLength(19);
  expect(rows[7]).toHaveTextContent(/^\*71\(slot\)Park, and take back/);
  expect(rows[9]).toHaveTextContent(/^\*80extensionIntercom/);
});

it('finds codes by name, by what they do and by their digits', async () => {
  const { user } = await ready();
  window.location.hash = '/codes';
  const field = await screen.findByRole('searchbox', { name: 'Search codes' });
  await user.type(field, 'forward busy');
  expect((await codes()).getAllByRole('listitem')).toHaveLength(1);
  await user.clear(field);
  await user.type(field, '*9419');
  expect((await codes()).getByText('Desk share')).toBeVisible();
  await user.clear(field);
  await user.type(field, 'zzz');
  expect(await screen.findByText('No code fits “zzz”.')).toBeVisible();
});

it('prints a card with one’s own number', async () => {
  const print = vi.spyOn(window, 'print').mockImplementation(() => undefined);
  const { user } = await ready();
  window.location.hash = '/codes';
  await codes();
  await user.click(await button('Print as a card'));
  expect(print).toHaveBeenCalledOnce();
  expect(screen.getByText('Anna Berger, extension 101')).toBeInTheDocument();
});

it('speaks German', async () => {
  await switchLanguage('de');
  open();
  window.location.hash = '/codes';
  expect((await codes()).getByText('Wahlwiederholung')).toBeVisible();
});
