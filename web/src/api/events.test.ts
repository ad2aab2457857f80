import { expect, it } from 'vitest';
import { parseEvent } from './events.ts';

it('takes events that it knows', () => {
  expect(parseEvent('{"type":"user_state","id":7,"state":"ringing"}')).toEqual({
    type: 'user_state',
    id: 7,
    state: 'ringing',
  });
});

it.each(['', 'x', '1', 'null', '{}', '{"type":7}', '{"type":"from_the_future"}'])(
  'leaves %j alone',
  (text) => {
    expect(parseEvent(text)).toBeNull();
  },
);
