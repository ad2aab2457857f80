// Runs in every page after ear.js: the microphone speaks short marked bursts, and what of them comes in over remote tracks is noted by the
// wall clock that all browsers of the machine share.
(() => {
  // 257 ms and 20 ms of a packet have no common measure: bursts begin everywhere in a packet. Four markers tell bursts apart that come up to
  // a second late.
  const EVERY_MS = 257;
  const BURST_MS = 40;
  const MARKERS_HZ = [600, 1200, 2000, 3000];
  const WORKLETS = `
    const EVERY = Math.round(${EVERY_MS} * sampleRate / 1000);
    const BURST = Math.round(${BURST_MS} * sampleRate / 1000);
    const MARKERS_HZ = ${JSON.stringify(MARKERS_HZ)};
    const LOUD = 0.5;
    // Between bursts a room is not dead.
    const ROOM = 0.002;
    // A marker sounds when so much of its amplitude is there, and begins only after it has not for so long.
    const HEARD_MIN = 0.15;
    const QUIET_SECONDS = 0.2;
    const now_ms = (frames) => Date.now() + (frames * 1000) / sampleRate;

    registerProcessor('mouth', class extends AudioWorkletProcessor {
      process(_, [[channel]]) {
        for (let at = 0; at < channel.length; at += 1) {
          const frame = currentFrame + at;
          const [number, since] = [Math.floor(frame / EVERY), frame % EVERY];
          if (since === 0) this.port.postMessage([number % MARKERS_HZ.length, now_ms(at)]);
          const hz = MARKERS_HZ[number % MARKERS_HZ.length];
          channel[at] = since < BURST ? LOUD * Math.sin((2 * Math.PI * hz * since) / sampleRate) : ROOM * (Math.random() - 0.5);
        }
        return true;
      }
    });

    // The amplitude of each marker in two blocks of 128 samples (Goertzel).
    registerProcessor('ear', class extends AudioWorkletProcessor {
      before = new Float32Array(128);
      sounded_at = MARKERS_HZ.map(() => -1);
      process([[channel]]) {
        if (!channel) return true;
        const loudest = MARKERS_HZ.map((hz) => this.amplitude(channel, hz));
        this.before.set(channel);
        const amplitude = Math.max(...loudest);
        if (amplitude < HEARD_MIN) return true;
        const marker = loudest.indexOf(amplitude);
        if (currentTime - this.sounded_at[marker] > QUIET_SECONDS) this.port.postMessage([marker, now_ms(0)]);
        this.sounded_at[marker] = currentTime;
        return true;
      }
      amplitude(channel, hz) {
        const turn = 2 * Math.cos((2 * Math.PI * hz) / sampleRate);
        let [one, two] = [0, 0];
        for (const samples of [this.before, channel])
          for (const sample of samples) [one, two] = [sample + turn * one - two, one];
        return (2 * Math.sqrt(Math.max(0, one * one + two * two - turn * one * two))) / (2 * channel.length);
      }
    });`;

  const said = [];
  const heard = [];
  const connections = [];
  let opening;
  const open = () => {
    opening ??= (async () => {
      const context = new AudioContext({ sampleRate: 48000 });
      await context.audioWorklet.addModule(URL.createObjectURL(new Blob([WORKLETS], { type: 'text/javascript' })));
      const mouth = new AudioWorkletNode(context, 'mouth', { numberOfInputs: 0, outputChannelCount: [1] });
      mouth.port.onmessage = ({ data }) => said.push(data);
      await context.resume();
      return { context, mouth };
    })();
    return opening;
  };

  if (!navigator.mediaDevices) return;
  navigator.mediaDevices.getUserMedia = async () => {
    const { context, mouth } = await open();
    const destination = context.createMediaStreamDestination();
    destination.channelCount = 1;
    mouth.connect(destination);
    return destination.stream;
  };

  const listen = async (track) => {
    const { context } = await open();
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const ear = new AudioWorkletNode(context, 'ear', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
    ear.port.onmessage = ({ data }) => heard.push(data);
    source.connect(ear);
  };

  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(...parameters) {
      super(...parameters);
      connections.push(this);
      this.addEventListener('track', ({ track }) => track.kind === 'audio' && listen(track));
    }
  };

  window.voice = {
    /** How many bursts have been said since the last time that they were taken. */
    count: () => said.length,
    /** Bursts said and heard since the last time, each with its marker and time, and what the running connection counts. */
    async take() {
      const connection = connections.findLast((one) => one.connectionState === 'connected');
      const rows = connection ? [...(await connection.getStats()).values()] : [];
      return {
        said: said.splice(0),
        heard: heard.splice(0),
        inbound: rows.find(({ kind, type }) => kind === 'audio' && type === 'inbound-rtp') ?? null,
      };
    },
  };
})();
