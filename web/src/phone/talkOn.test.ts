import { beforeEach, expect, it, vi } from 'vitest';
import { TalkOnChoice } from './talkOn.ts';

const AT_DESK = { on: 'desk_phone', device: 12, chosen: true } as const;
const ANNA = 101;
const BEN = 102;
const choiceOf = (person: number | null) => {
  const next = new TalkOnChoice(localStorage, sessionStorage);
  next.belongTo(person);
  return next;
};
const reopened = () => choiceOf(ANNA).chosen();
const inAnotherTab = () => {
  sessionStorage.clear();
  return reopened();
};
let choice: TalkOnChoice;

beforeEach(() => {
  choice = choiceOf(ANNA);
});

it('begins on the computer', () => {
  expect(choice.chosen()).toEqual({ on: 'computer' });
});

it('keeps what was chosen for the whole browser', () => {
  choice.choose(12);
  expect(reopened()).toEqual(AT_DESK);
  expect(inAnotherTab()).toEqual(AT_DESK);
});

it('follows the number to the desk phone in this tab alone', () => {
  choice.follow(null);
  expect(choice.chosen()).toEqual({ on: 'desk_phone', device: null, chosen: false });
  expect(reopened()).toEqual({ on: 'desk_phone', device: null, chosen: false });
  expect(inAnotherTab()).toEqual({ on: 'computer' });
});

it('follows nowhere where the person has chosen a desk phone', () => {
  choice.choose(12);
  choice.follow(99);
  expect(choice.chosen()).toEqual(AT_DESK);
});

it('comes back when the number has left, but not from what was chosen', () => {
  choice.follow(12);
  choice.giveUp();
  expect(choice.chosen()).toEqual({ on: 'computer' });
  expect(reopened()).toEqual({ on: 'computer' });
  choice.choose(12);
  choice.giveUp();
  expect(choice.chosen()).toEqual(AT_DESK);
});

it('comes back to the computer when that is chosen', () => {
  choice.follow(12);
  choice.choose(null);
  expect(reopened()).toEqual({ on: 'computer' });
});

it('takes what it does not know for the computer', () => {
  localStorage.setItem('farend.talk_on.101', 'teapot');
  expect(reopened()).toEqual({ on: 'computer' });
});

it('hears what another tab has chosen', () => {
  const told = vi.fn();
  choice.subscribe(told);
  localStorage.setItem('farend.talk_on.101', 'desk_phone:12');
  choice.storageChanged();
  expect(choice.chosen()).toEqual(AT_DESK);
  localStorage.setItem('farend.scheme', 'dark');
  choice.storageChanged();
  expect(told).toHaveBeenCalledOnce();
});

it('stays with the number whatever another tab chooses', () => {
  choice.follow(7);
  localStorage.setItem('farend.talk_on.101', 'desk_phone:12');
  choice.storageChanged();
  expect(choice.chosen()).toEqual({ on: 'desk_phone', device: 7, chosen: false });
});

it('is nobody else’s, and comes back with the person', () => {
  choice.choose(12);
  choice.belongTo(null);
  expect(choice.chosen()).toEqual({ on: 'computer' });
  choice.follow(12);
  choice.choose(12);
  expect(choice.chosen()).toEqual({ on: 'computer' });
  choice.belongTo(BEN);
  expect(choice.chosen()).toEqual({ on: 'computer' });
  choice.follow(7);
  choice.belongTo(ANNA);
  expect(choice.chosen()).toEqual(AT_DESK);
});
