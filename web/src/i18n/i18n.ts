/** Languages: one file each in `languages/`; adding one file adds a language. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from './language.ts';
import type { texts } from './languages/en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof texts };
    returnNull: false;
  }
}

const STORAGE_KEY = 'farend.language';

const modules = import.meta.glob<{ language: Language }>('./languages/*.ts', { eager: true });
export const languages: readonly Language[] = Object.values(modules)
  .map((module) => module.language)
  .sort((a, b) => a.name.localeCompare(b.name));

/** The language remembered, else the browser's first that we have, else English. */
export function chooseLanguage(remembered: string | null, wanted: readonly string[]): string {
  const known = (code: string) =>
    languages.find((language) => language.code === code.toLowerCase().split('-')[0]);
  for (const code of [remembered ?? '', ...wanted]) {
    const language = known(code);
    if (language !== undefined) return language.code;
  }
  return 'en';
}

export async function startTranslation(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: chooseLanguage(localStorage.getItem(STORAGE_KEY), navigator.languages),
    fallbackLng: 'en',
    resources: Object.fromEntries(languages.map(({ code, texts }) => [code, { translation: texts }])),
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = i18next.language;
}

export async function switchLanguage(code: string): Promise<void> {
  localStorage.setItem(STORAGE_KEY, code);
  await i18next.changeLanguage(code);
  document.documentElement.lang = code;
}

/** The reader's own country's way to write dates in this language: `en-GB` rather than `en`, where the browser knows. */
export function localeOf(language: string): string {
  return navigator.languages.find((each) => each.split('-')[0] === language) ?? language;
}
