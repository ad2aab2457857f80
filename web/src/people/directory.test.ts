import { expect, it } from 'vitest';
import { demoCompany } from '../../dev/fake/company.ts';
import { directoryOf, searchUsers } from './directory.ts';

const { users } = demoCompany(new Date());
const search = (text: string) => searchUsers(users, text, 5).map((user) => user.name);

it.each([
  ['ben', ['Ben Okafor']],
  ['okaf', ['Ben Okafor']],
  ['nunez', ['Jorge Núñez']],
  ['10', ['Anna Berger', 'Ben Okafor', 'Cleo Marchetti', 'Dmitri Volkov', 'Elif Yılmaz']],
  ['cl mar', ['Cleo Marchetti']],
  ['en', []],
  ['', []],
])('%j finds %j', (text, names) => {
  expect(search(text)).toEqual(names);
});

it('puts an exact extension first', () => {
  expect(search('103')[0]).toBe('Cleo Marchetti');
});

it('finds nobody without an extension', () => {
  expect(search('administrator')).toEqual([]);
});

it('reads out our name for a number before the name the caller gives', () => {
  const { nameOf } = directoryOf(users);
  expect(nameOf({ number: '102', name: 'Somebody' })).toBe('Ben Okafor');
  expect(nameOf({ number: '0151', name: 'Plumber' })).toBe('Plumber');
  expect(nameOf({ number: '+498912345678', name: null })).toBe('+498912345678');
});

it('has its own word for a conference that is no room’s, and for nothing else that is called so', () => {
  const { nameOf } = directoryOf(users, new Map(), 'Konferenz');
  expect(nameOf({ number: '', name: 'Conference' })).toBe('Konferenz');
  expect(nameOf({ number: '800', name: 'Conference' })).toBe('Conference');
});
