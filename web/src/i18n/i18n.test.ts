import { expect, it } from 'vitest';
import { chooseLanguage, languages } from './i18n.ts';
import { texts as english } from './languages/en.ts';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') found.set(here, value);
    else for (const [each, text] of flat(value, here)) found.set(each, text);
  }
  return found;
}

const reference = flat(english);
const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

it('there is more than one language', () => {
  expect(languages.map(({ code }) => code)).toEqual(expect.arrayContaining(['en', 'de']));
});

it.each(languages)('$name has every text, none empty and none left over', ({ texts }) => {
  const own = flat(texts);
  expect([...own.keys()].sort()).toEqual([...reference.keys()].sort());
  for (const [key, text] of own) expect(text.trim(), key).not.toBe('');
});

it.each(languages)('$name fills the same gaps in every text', ({ texts }) => {
  for (const [key, text] of flat(texts)) expect(slots(text), key).toEqual(slots(reference.get(key) ?? ''));
});

it('every text is used somewhere', () => {
  const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../i18n/languages/*', '!../**/*.test.*'], {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  const code = Object.values(sources).join('\n');
  const used = (key: string) => {
    const plain = key.replace(/_(one|other)$/, '');
    if (code.includes(`'${plain}'`)) return true;
    // Keys that are put together at run time, such as `people.state.${state}`; "Fix" follows the reason.
    const parts = plain.split('.');
    return parts.some((_, at) => at > 0 && code.includes(`\`${parts.slice(0, at).join('.')}.\${`));
  };
  expect([...reference.keys()].filter((key) => !used(key))).toEqual([]);
});

it('prefers what was chosen, then what the browser asks for', () => {
  expect(chooseLanguage('de', ['en-GB'])).toBe('de');
  expect(chooseLanguage(null, ['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage('xx', ['fr'])).toBe('en');
});
