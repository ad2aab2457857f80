/** Microphone and loudspeaker of the browser, for the questions of the check. */
import { MicrophoneError } from '../phone/media.ts';
import { sortDevices, type AudioDevices } from '../phone/media/devices.ts';
import { meterPosition } from '../phone/media/levels.ts';
import { problemOf } from '../phone/media/problems.ts';
import { Player, TEST } from '../phone/media/tones.ts';
import type { MicrophoneListener, Played, SoundBench } from './instruments.ts';
import { peakDbfs } from './tone.ts';

/** How long is recorded, in milliseconds. */
export const RECORDING_MS = 3_000;
/** How often the microphone's loudest moment is told, in milliseconds. */
const LEVEL_EVERY_MS = 250;
/** How often it is looked at, in milliseconds. What is looked at is longer, so that nothing is missed. */
const LOOK_EVERY_MS = 40;
const SAMPLES = 2_048;

interface Microphone {
  stream: MediaStream;
  source: MediaStreamAudioSourceNode;
  analyser: AnalyserNode;
  timers: ReturnType<typeof setInterval>[];
}

export class BrowserSound implements SoundBench {
  readonly #context: () => AudioContext;
  readonly #samples = new Float32Array(SAMPLES);
  #microphone: Microphone | null = null;
  /** Which opening counts; a microphone that comes after that is given back. */
  #turn = 0;
  #output: HTMLAudioElement | null = null;

  constructor(context: () => AudioContext) {
    this.#context = context;
  }

  async devices(): Promise<AudioDevices> {
    return sortDevices(await listDevices());
  }

  async countMicrophones(): Promise<number | null> {
    return devicesOfBrowser() === null ? null : count(await listDevices(), 'audioinput');
  }

  async openMicrophone(device: string | null, listener: MicrophoneListener) {
    this.#closeMicrophone();
    const turn = this.#turn;
    const media = devicesOfBrowser();
    if (media === null) throw new MicrophoneError('insecure');
    let stream: MediaStream;
    try {
      const audio = device === null ? true : { deviceId: { exact: device } };
      stream = await media.getUserMedia({ audio });
    } catch (error) {
      throw new MicrophoneError(await problemOf(error));
    }
    const [track] = stream.getAudioTracks();
    if (turn !== this.#turn || track === undefined) {
      stop(stream);
      throw new MicrophoneError('dismissed');
    }
    this.#microphone = this.#listen(stream, listener);
    track.addEventListener('mute', () => listener.muted(true));
    track.addEventListener('unmute', () => listener.muted(false));
    track.addEventListener('ended', () => listener.ended());
    const devices = Math.max(1, count(await listDevices(), 'audioinput'));
    return { devices, label: track.label, is_muted: track.muted };
  }

  level(): number {
    if (this.#microphone === null) return 0;
    this.#microphone.analyser.getFloatTimeDomainData(this.#samples);
    return meterPosition(this.#samples);
  }

  async playTone(device: string | null): Promise<Played> {
    const context = this.#context();
    const target = context.createMediaStreamDestination();
    return this.#play(device, (output) => {
      output.srcObject = target.stream;
      return new Promise((resolve) => new Player(context, target, TEST, () => resolve()).once());
    });
  }

  async recordAndPlay(device: string | null, plays: () => void): Promise<Played> {
    const stream = this.#microphone?.stream;
    if (stream === undefined) throw new MicrophoneError('missing');
    const recording = URL.createObjectURL(await record(stream));
    try {
      return await this.#play(device, (output) => {
        plays();
        output.src = recording;
        return new Promise((resolve) => output.addEventListener('ended', () => resolve(), { once: true }));
      });
    } finally {
      URL.revokeObjectURL(recording);
    }
  }

  close(): void {
    this.#closeMicrophone();
    this.#output?.pause();
    this.#output = null;
  }

  /** Plays on a device, until `begin` says that it is over. */
  async #play(device: string | null, begin: (output: HTMLAudioElement) => Promise<void>): Promise<Played> {
    const output = new Audio();
    this.#output?.pause();
    this.#output = output;
    const { devices, label } = await describeOutput(device);
    try {
      if (device !== null && 'setSinkId' in output) await output.setSinkId(device);
      const over = begin(output);
      await output.play();
      await Promise.race([over, paused(output)]);
      return { devices, label, error: null };
    } catch (error) {
      return { devices, label, error: error instanceof Error ? error.message : String(error) };
    } finally {
      output.pause();
      // In this order: the recording is gone, and would be looked for again.
      output.removeAttribute('src');
      output.srcObject = null;
    }
  }

  #listen(stream: MediaStream, listener: MicrophoneListener): Microphone {
    const context = this.#context();
    const source = context.createMediaStreamSource(stream);
    const analyser = context.createAnalyser();
    analyser.fftSize = SAMPLES;
    source.connect(analyser);
    const samples = new Float32Array(SAMPLES);
    let loudest: number | null = null;
    const look = () => {
      // A context that sleeps gives zeros, which are no silence of the microphone.
      if (context.state !== 'running') return;
      analyser.getFloatTimeDomainData(samples);
      loudest = Math.max(loudest ?? -Infinity, peakDbfs(samples));
    };
    const tell = () => {
      if (loudest !== null) listener.level(loudest);
      loudest = null;
    };
    const timers = [setInterval(look, LOOK_EVERY_MS), setInterval(tell, LEVEL_EVERY_MS)];
    return { stream, source, analyser, timers };
  }

  #closeMicrophone(): void {
    this.#turn += 1;
    const microphone = this.#microphone;
    this.#microphone = null;
    if (microphone === null) return;
    for (const timer of microphone.timers) clearInterval(timer);
    microphone.source.disconnect();
    stop(microphone.stream);
  }
}

function record(stream: MediaStream): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const recorder = new MediaRecorder(stream);
    const parts: Blob[] = [];
    recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
    recorder.addEventListener('stop', () => resolve(new Blob(parts, { type: recorder.mimeType })));
    recorder.addEventListener('error', () => reject(new MicrophoneError('failed')));
    recorder.start();
    setTimeout(() => {
      if (recorder.state !== 'inactive') recorder.stop();
    }, RECORDING_MS);
  });
}

/** How many outputs there are, and what the chosen one is called. */
async function describeOutput(device: string | null): Promise<{ devices: number | null; label: string }> {
  const list = await listDevices();
  // Where nobody can choose, the list has none of them.
  const tells = 'setSinkId' in HTMLMediaElement.prototype && devicesOfBrowser() !== null;
  const wanted = device ?? 'default';
  const found = list.find((each) => each.kind === 'audiooutput' && each.deviceId === wanted);
  return { devices: tells ? count(list, 'audiooutput') : null, label: found?.label ?? '' };
}

/** Devices of a kind, without the names that Chromium gives some of them a second time. */
export function count(list: readonly MediaDeviceInfo[], kind: MediaDeviceKind): number {
  const all = list.filter((each) => each.kind === kind);
  const own = all.filter(({ deviceId }) => deviceId !== 'default' && deviceId !== 'communications');
  return own.length > 0 ? own.length : Math.min(1, all.length);
}

async function listDevices(): Promise<MediaDeviceInfo[]> {
  try {
    return (await devicesOfBrowser()?.enumerateDevices()) ?? [];
  } catch {
    return [];
  }
}

function paused(output: HTMLAudioElement): Promise<void> {
  return new Promise((resolve) => output.addEventListener('pause', () => resolve(), { once: true }));
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Absent on pages that did not come over https, whatever the types say. */
function devicesOfBrowser(): MediaDevices | null {
  return 'mediaDevices' in navigator ? navigator.mediaDevices : null;
}
