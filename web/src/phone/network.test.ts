import { afterEach, expect, it, vi } from 'vitest';
import { watchNetwork } from './network.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('tells a move from a change of speed', () => {
  const connection: EventTarget & { type?: string } = new EventTarget();
  vi.stubGlobal('navigator', { connection });
  const news: string[] = [];
  const stop = watchNetwork((each) => news.push(each));
  const change = (type?: string) => {
    if (type !== undefined) connection.type = type;
    connection.dispatchEvent(new Event('change'));
  };
  change();
  change('wifi');
  change();
  change('cellular');
  window.dispatchEvent(new Event('online'));
  expect(news).toEqual(['stirred', 'moved', 'stirred', 'moved', 'moved']);
  stop();
  change('wifi');
  window.dispatchEvent(new Event('online'));
  expect(news).toHaveLength(5);
});

it('makes do with browsers that tell little', () => {
  const news: string[] = [];
  const stop = watchNetwork((each) => news.push(each));
  window.dispatchEvent(new Event('online'));
  stop();
  expect(news).toEqual(['moved']);
});
