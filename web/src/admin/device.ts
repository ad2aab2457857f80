/** A phone as it is being written in its form. */
import type { ChangedDevice, Device, NewDevice, User } from '../api/types.ts';

export type DeviceDraft = Pick<
  Device,
  'user_id' | 'kind' | 'label' | 'shared' | 'rings' | 'rings_after_s'
> & {
  /** `null`: as suggested. */
  sip_user: string | null;
};

export function deviceDraftOf(device: Device | null, owner: User | null): DeviceDraft {
  return {
    user_id: device === null ? (owner?.id ?? null) : device.user_id,
    kind: device?.kind ?? 'desk_phone',
    label: device?.label ?? '',
    shared: device?.shared ?? null,
    rings: device?.rings ?? 'after',
    rings_after_s: device?.rings_after_s ?? 0,
    sip_user: device?.sip_user ?? null,
  };
}

/** `101-desk`, or `shared-desk` for a phone of nobody. */
export function suggestedSipUser({ user_id, kind }: DeviceDraft, owners: readonly User[]): string {
  const extension = owners.find(({ id }) => id === user_id)?.extension ?? 'shared';
  return `${extension}-${kind === 'browser' ? 'web' : 'desk'}`;
}

export function newDeviceOf(draft: DeviceDraft & { sip_user: string }): NewDevice {
  const { user_id, kind, label, sip_user, shared } = draft;
  return { user_id, kind, label: label.trim(), sip_user, shared };
}

export function changedDeviceOf({
  user_id,
  label,
  shared,
  rings,
  rings_after_s,
}: DeviceDraft): ChangedDevice {
  return { user_id, label: label.trim(), shared, rings, rings_after_s };
}
