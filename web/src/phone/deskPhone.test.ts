/** The desk phone under control, between one person and the next. */
import { expect, it, vi } from 'vitest';
import { liveCall } from '../../dev/fake/oneNumber.ts';
import { DeskPhone, type CallControl } from './deskPhone.ts';

it('forgets what one person has asked for before the next one comes', async () => {
  let refuse: (cause: Error) => void = () => undefined;
  const control = {
    dialAt: vi.fn<CallControl['dialAt']>(),
    callAt: vi.fn<CallControl['callAt']>(),
    controlCall: vi.fn<CallControl['controlCall']>(
      () => new Promise<void>((_resolve, reject) => (refuse = reject)),
    ),
    sendDigits: vi.fn<CallControl['sendDigits']>(),
    transferCall: vi.fn<CallControl['transferCall']>(),
  };
  const desk = new DeskPhone(control);
  desk.use({ id: 1012, label: 'Desk phone', registered: true });
  desk.told([liveCall({ call: 'c', state: 'talking' })]);
  desk.hangUp('c');
  desk.press('c', '7');
  await vi.waitFor(() => expect(control.controlCall).toHaveBeenCalledOnce());
  desk.forget();
  expect(desk.state()).toEqual({ line: { state: 'connecting' }, calls: [] });
  refuse(new Error('not signed in'));
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(desk.trouble()).toBeNull();
  expect(control.sendDigits).not.toHaveBeenCalled();
});
