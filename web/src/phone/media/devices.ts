/** Which audio device is meant: remembered by id and by name, because browsers change ids and people re-plug. */

export type DeviceKind = 'microphone' | 'speaker' | 'ringer';

export interface AudioDevice {
  id: string;
  label: string;
}

/** What a person chose; `null` follows the computer's own setting. */
export type Choice = AudioDevice | null;
export type Choices = Record<DeviceKind, Choice>;

export interface AudioDevices {
  microphones: readonly AudioDevice[];
  /** Empty where the browser lets nobody choose. */
  speakers: readonly AudioDevice[];
}

export const noDevices: AudioDevices = { microphones: [], speakers: [] };
export const noChoices: Choices = { microphone: null, speaker: null, ringer: null };

const STORAGE_KEY = 'farend.devices';

/** The device that is meant by a choice among those that are plugged in, `null` for the computer's own choice. */
export function resolveChoice(choice: Choice, devices: readonly AudioDevice[]): AudioDevice | null {
  if (choice === null) return null;
  return (
    devices.find((device) => device.id === choice.id) ??
    devices.find((device) => device.label === choice.label) ??
    null
  );
}

/** The browser's list in our words. Chromium's aliases `default` and `communications` would show devices twice. */
export function sortDevices(list: readonly MediaDeviceInfo[]): AudioDevices {
  const of = (kind: MediaDeviceKind) =>
    list
      .filter((device) => device.kind === kind && device.label !== '')
      .filter((device) => device.deviceId !== 'default' && device.deviceId !== 'communications')
      .map((device) => ({ id: device.deviceId, label: device.label }));
  return { microphones: of('audioinput'), speakers: of('audiooutput') };
}

export function loadChoices(storage: Storage): Choices {
  try {
    const stored: unknown = JSON.parse(storage.getItem(STORAGE_KEY) ?? '{}');
    const record = stored as Partial<Record<DeviceKind, unknown>>;
    return {
      microphone: choiceOf(record.microphone),
      speaker: choiceOf(record.speaker),
      ringer: choiceOf(record.ringer),
    };
  } catch {
    return noChoices;
  }
}

export function saveChoices(storage: Storage, choices: Choices): void {
  try {
    storage.setItem(STORAGE_KEY, JSON.stringify(choices));
  } catch {
    // A browser that keeps nothing still telephones; the choice lasts until the page closes.
  }
}

function choiceOf(value: unknown): Choice {
  if (typeof value !== 'object' || value === null) return null;
  const { id, label } = value as Partial<Record<keyof AudioDevice, unknown>>;
  return typeof id === 'string' && typeof label === 'string' ? { id, label } : null;
}
