/**
 * A headset's buttons over WebHID, by its own description of itself (USB HID Usage Tables: page 0x0B is telephony, page 0x08 LEDs).
 * Whether the hook key is noticed is all that the check asks; the lamp is lit meanwhile, because many headsets tell of their keys only
 * in what looks like a call to them.
 */
import type { HeadsetBench } from './instruments.ts';

const TELEPHONY_PAGE = 0x0b;
/** Off-hook, on the page of LEDs. */
const OFF_HOOK_LED = 0x0008_0017;

/** The parts of WebHID that this needs; TypeScript does not know it. */
export interface HidItem {
  isRange?: boolean;
  usages?: number[];
  usageMinimum?: number;
  usageMaximum?: number;
  reportSize?: number;
  reportCount?: number;
}
export interface HidReport {
  reportId?: number;
  items?: HidItem[];
}
export interface HidCollection {
  usagePage?: number;
  inputReports?: HidReport[];
  outputReports?: HidReport[];
  children?: HidCollection[];
}
export interface HidDevice extends EventTarget {
  opened: boolean;
  productName: string;
  collections: HidCollection[];
  open(): Promise<void>;
  close(): Promise<void>;
  sendReport(reportId: number, data: Uint8Array): Promise<void>;
}
export interface Hid {
  requestDevice(options: { filters: { usagePage: number }[] }): Promise<HidDevice[]>;
}
interface InputReport extends Event {
  reportId: number;
  data: DataView;
}

/** `null` in browsers without it. */
export function hidOfBrowser(): Hid | null {
  return 'hid' in navigator ? (navigator as { hid: Hid }).hid : null;
}

export class BrowserHeadset implements HeadsetBench {
  readonly #hid: Hid | null;
  #device: HidDevice | null = null;
  #stop: AbortController | null = null;

  constructor(hid: Hid | null) {
    this.#hid = hid;
  }

  async open(pressed: () => void): Promise<{ name: string; is_open: boolean } | null> {
    this.close();
    const device = await this.#choose();
    if (device === null) return null;
    const name = device.productName;
    try {
      if (!device.opened) await device.open();
    } catch {
      // Another program may have it for itself.
      return { name, is_open: false };
    }
    this.#device = device;
    this.#stop = new AbortController();
    const keys = telephonyReports(device.collections);
    const seen = new Map<number, string>();
    const heard = (event: Event) => {
      const { reportId, data } = event as InputReport;
      const now = bytesOf(data);
      // Some tell how they are at once; what is pressed changes that.
      if (keys.has(reportId) && now !== (seen.get(reportId) ?? idle(data))) pressed();
      seen.set(reportId, now);
    };
    device.addEventListener('inputreport', heard, { signal: this.#stop.signal });
    await light(device, true);
    return { name, is_open: true };
  }

  close(): void {
    const device = this.#device;
    this.#device = null;
    this.#stop?.abort();
    if (device !== null) void light(device, false).then(() => device.close().catch(() => undefined));
  }

  async #choose(): Promise<HidDevice | null> {
    try {
      const filters = [{ usagePage: TELEPHONY_PAGE }];
      const devices = (await this.#hid?.requestDevice({ filters })) ?? [];
      // A device with several interfaces is several devices of the same name.
      return devices.find(({ collections }) => telephonyReports(collections).size > 0) ?? devices[0] ?? null;
    } catch {
      return null;
    }
  }
}

/** The input reports that have something of telephony in them. */
export function telephonyReports(collections: readonly HidCollection[]): Set<number> {
  const found = new Set<number>();
  for (const { usagePage, inputReports = [], children = [] } of collections) {
    for (const { reportId = 0, items = [] } of inputReports) {
      const isOurs = usagePage === TELEPHONY_PAGE || items.some((item) => usagesOf(item).some(isTelephony));
      if (isOurs) found.add(reportId);
    }
    for (const id of telephonyReports(children)) found.add(id);
  }
  return found;
}

/** Where a lamp is among the output reports: which report, how long it is, and which of its bits. */
export function lamp(
  collections: readonly HidCollection[],
  usage: number,
): { reportId: number; bytes: number; bit: number } | null {
  for (const { outputReports = [], children = [] } of collections) {
    for (const { reportId = 0, items = [] } of outputReports) {
      let offset = 0;
      let bit: number | null = null;
      for (const item of items) {
        const { reportSize = 0, reportCount = 0 } = item;
        const index = usagesOf(item).indexOf(usage);
        if (index >= 0 && index < reportCount) bit = offset + index * reportSize;
        offset += reportSize * reportCount;
      }
      if (bit !== null) return { reportId, bytes: Math.ceil(offset / 8), bit };
    }
    const below = lamp(children, usage);
    if (below !== null) return below;
  }
  return null;
}

/** More than any headset has in one item. */
const USAGES_MAX = 256;

function usagesOf({ isRange, usages = [], usageMinimum = 0, usageMaximum = 0 }: HidItem): number[] {
  if (isRange !== true) return usages;
  const length = Math.min(USAGES_MAX, Math.max(0, usageMaximum - usageMinimum + 1));
  return Array.from({ length }, (_, index) => usageMinimum + index);
}

function isTelephony(usage: number): boolean {
  return usage >>> 16 === TELEPHONY_PAGE;
}

async function light(device: HidDevice, is_on: boolean): Promise<void> {
  const found = lamp(device.collections, OFF_HOOK_LED);
  if (found === null) return;
  const data = new Uint8Array(found.bytes);
  if (is_on) data[found.bit >> 3] = 1 << (found.bit & 7);
  // A headset without light is still a headset.
  await device.sendReport(found.reportId, data).catch(() => undefined);
}

function bytesOf(data: DataView): string {
  return Array.from({ length: data.byteLength }, (_, index) => data.getUint8(index)).join(' ');
}

/** The report of a headset on which nothing is pressed. */
function idle(data: DataView): string {
  return Array.from({ length: data.byteLength }, () => 0).join(' ');
}
