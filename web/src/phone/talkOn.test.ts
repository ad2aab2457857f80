import { beforeEach, expect, it } from 'vitest';
import { TalkOnChoice } from './talkOn.ts';

const AT_DESK = { on: 'desk_phone', device: 12 } as const;
const reopened = () => new TalkOnChoice(localStorage, sessionStorage).chosen();
const inAnotherTab = () => {
  sessionStorage.clear();
  return reopened();
};
let choice: TalkOnChoice;

beforeEach(() => {
  choice = new TalkOnChoice(localStorage, sessionStorage);
});

it('begins on the computer', () => {
  expect(choice.chosen()).toEqual({ on: 'computer' });
});

it('keeps what was chosen for the whole browser', () => {
  choice.choose(AT_DESK);
  expect(reopened()).toEqual(AT_DESK);
  expect(inAnotherTab()).toEqual(AT_DESK);
});

it('follows the number to the desk phone in this tab alone', () => {
  choice.follow(null);
  expect(choice.chosen()).toEqual({ on: 'desk_phone', device: null });
  expect(reopened()).toEqual({ on: 'desk_phone', device: null });
  expect(inAnotherTab()).toEqual({ on: 'computer' });
});

it('follows nowhere where the person has chosen a desk phone', () => {
  choice.choose(AT_DESK);
  choice.follow(99);
  expect(choice.chosen()).toEqual(AT_DESK);
});

it('comes back to the computer when that is chosen', () => {
  choice.follow(12);
  choice.choose({ on: 'computer' });
  expect(reopened()).toEqual({ on: 'computer' });
});

it('takes what it does not know for the computer', () => {
  localStorage.setItem('farend.talk_on', 'teapot');
  expect(reopened()).toEqual({ on: 'computer' });
});
