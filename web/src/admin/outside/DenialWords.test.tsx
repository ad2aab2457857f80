import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Denial } from '../../api/types.ts';
import { DenialWords } from './DenialWords.tsx';

it.each([
  ['not_at_this_time', { class: 'mobile' }, 'This extension may not call mobile numbers at this time.'],
  ['no_route', { class: 'premium' }, 'No route leads to this number.'],
  ['no_such_number', {}, 'Nobody has this number.'],
  ['not_permitted', {}, 'As the server says it.'],
  ['not_permitted', { class: 'from_the_future' }, 'As the server says it.'],
  ['from_the_future', {}, 'As the server says it.'],
])('says for %s %o: %s', (code, values, words) => {
  const text = 'as the server says it';
  const { container } = render(
    <DenialWords denial={{ kind: 'nowhere', code: code as Denial['code'], values, text }} />,
  );
  expect(container).toHaveTextContent(words);
});
