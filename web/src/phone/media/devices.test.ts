import { expect, it } from 'vitest';
import { loadChoices, noChoices, resolveChoice, saveChoices, sortDevices } from './devices.ts';

const jabra = { id: 'a1', label: 'Jabra' };
const builtIn = { id: 'b1', label: 'Built-in' };

it('finds the chosen device by its id', () => {
  expect(resolveChoice(jabra, [builtIn, jabra])).toBe(jabra);
});

it('finds a re-plugged device by its name when the browser gave it a new id', () => {
  const replugged = { id: 'a2', label: 'Jabra' };
  expect(resolveChoice(jabra, [builtIn, replugged])).toBe(replugged);
});

it('falls back to the computer while the chosen device is unplugged', () => {
  expect(resolveChoice(jabra, [builtIn])).toBeNull();
  expect(resolveChoice(null, [builtIn])).toBeNull();
});

it('shows every device once', () => {
  const list = [
    { kind: 'audioinput', deviceId: 'default', label: 'Default - Jabra' },
    { kind: 'audioinput', deviceId: 'a1', label: 'Jabra' },
    { kind: 'audiooutput', deviceId: 'communications', label: 'Communications - Jabra' },
    { kind: 'audiooutput', deviceId: 'a9', label: 'Jabra' },
    { kind: 'videoinput', deviceId: 'v', label: 'Camera' },
    { kind: 'audioinput', deviceId: '', label: '' },
  ] as MediaDeviceInfo[];
  expect(sortDevices(list)).toEqual({
    microphones: [{ id: 'a1', label: 'Jabra' }],
    speakers: [{ id: 'a9', label: 'Jabra' }],
  });
});

it('remembers choices', () => {
  saveChoices(localStorage, { ...noChoices, ringer: jabra });
  expect(loadChoices(localStorage)).toEqual({ ...noChoices, ringer: jabra });
});

it.each(['', 'null', '3', '{"microphone": 5}', '{"speaker": {"id": 1}}', '{'])(
  'starts afresh from the damaged memory %j',
  (stored) => {
    localStorage.setItem('farend.devices', stored);
    expect(loadChoices(localStorage)).toEqual(noChoices);
  },
);
