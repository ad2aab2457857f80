// Runs in every page before its own scripts: keeps every RTCPeerConnection, and records what its remote tracks sound like.
(() => {
  const RATE_HZ = 16000;
  // How often a page looks for the first sound, in how many of the youngest samples, and what is louder than comfort noise.
  const LOOK_EVERY_MS = 10;
  const LOOK_SAMPLES = 512;
  const SOUND_MIN = 0.05;
  const connections = [];
  let chunks = [];
  let context;
  let recorder;
  // What the recorder has missed, and when its next buffer is due.
  let missed_s = 0;
  let due_s;
  // Against the garbage collector.
  const players = [];

  const answered_at = new Map();
  const sounded_at = new Map();

  // One recorder for all tracks: what it takes is the mixture that a person hears.
  const open_ear = () => {
    if (context) return;
    context = new AudioContext({ sampleRate: RATE_HZ });
    // Half a second at once: a page that is busy for less loses nothing.
    recorder = context.createScriptProcessor(8192, 1, 1);
    recorder.onaudioprocess = ({ inputBuffer, playbackTime }) => {
      // A page that was busy for longer has missed what lies between.
      missed_s += Math.max(0, playbackTime - (due_s ?? playbackTime));
      due_s = playbackTime + inputBuffer.duration;
      chunks.push(Int16Array.from(inputBuffer.getChannelData(0), (sample) => Math.max(-1, Math.min(1, sample)) * 32767));
    };
    recorder.connect(context.destination);
  };

  const wait_for_sound = (connection, source) => {
    const analyser = context.createAnalyser();
    analyser.fftSize = LOOK_SAMPLES;
    source.connect(analyser);
    const youngest = new Float32Array(LOOK_SAMPLES);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(youngest);
      const sounds = youngest.some((sample) => Math.abs(sample) >= SOUND_MIN);
      if (sounds) sounded_at.set(connection, performance.now());
      if (sounds || connection.connectionState === 'closed') {
        clearInterval(timer);
        source.disconnect(analyser);
      }
    }, LOOK_EVERY_MS);
  };

  const listen = (connection, track) => {
    if (track.kind !== 'audio') return;
    open_ear();
    const stream = new MediaStream([track]);
    // Chromium decodes a remote track only when some element plays it.
    const player = new Audio();
    player.muted = true;
    player.srcObject = stream;
    player.play().catch(() => {});
    players.push(player);
    const source = context.createMediaStreamSource(stream);
    source.connect(recorder);
    if (!sounded_at.has(connection)) wait_for_sound(connection, source);
  };

  // A steady tone is what noise suppression is there to remove, and in the echo test the canceller would remove one's own voice: the file
  // that plays the microphone is in no room.
  const devices = navigator.mediaDevices;
  if (devices) {
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = ({ audio, ...others }) =>
      open({ ...others, audio: audio && { ...audio, echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  }

  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(...parameters) {
      super(...parameters);
      connections.push(this);
      this.addEventListener('track', ({ track }) => listen(this, track));
    }

    setRemoteDescription(...parameters) {
      if (parameters[0]?.type === 'answer' && !answered_at.has(this)) answered_at.set(this, performance.now());
      return super.setRemoteDescription(...parameters);
    }
  };

  window.lab = {
    rate_hz: RATE_HZ,
    /** Everything heard since the last time, 16 bit samples as base64. */
    heard() {
      const all = chunks;
      chunks = [];
      let text = '';
      for (const chunk of all) {
        const bytes = new Uint8Array(chunk.buffer);
        for (const byte of bytes) text += String.fromCharCode(byte);
      }
      return btoa(text);
    },
    /** Seconds of sound that the recording lacks since the last time. */
    missed_seconds() {
      const all = missed_s;
      missed_s = 0;
      return all;
    },
    /** Before a call whose first sound counts: a sound card takes its time to start. */
    open_ear,
    /** Milliseconds from the answer to the first sound of the youngest connection. */
    first_sound_ms() {
      const connection = connections.at(-1);
      return sounded_at.get(connection) - answered_at.get(connection);
    },
    /** The candidate pair and codec that the youngest open connection uses. */
    async path() {
      const connection = connections.findLast((one) => one.connectionState === 'connected');
      if (!connection) return null;
      const report = await connection.getStats();
      const all = [...report.values()];
      const transport = all.find((row) => row.type === 'transport' && row.selectedCandidatePairId);
      const pair = transport && report.get(transport.selectedCandidatePairId);
      const inbound = all.find((row) => row.type === 'inbound-rtp');
      if (!pair) return null;
      return {
        local: report.get(pair.localCandidateId),
        remote: report.get(pair.remoteCandidateId),
        codec: report.get(inbound?.codecId)?.mimeType ?? null,
        received: inbound?.packetsReceived ?? 0,
      };
    },
    /** What a person who looks for an error wants to know about every connection. */
    async describe() {
      const found = connections.map(async (connection) => {
        const rows = [...(await connection.getStats()).values()];
        return {
          states: [connection.signalingState, connection.iceConnectionState, connection.connectionState],
          local: connection.localDescription?.sdp,
          remote: connection.remoteDescription?.sdp,
          statistics: rows.filter(({ type }) => /candidate|transport|rtp/.test(type)),
        };
      });
      return JSON.stringify(await Promise.all(found), null, 1);
    },
    open_connections() {
      return connections.filter((one) => one.connectionState !== 'closed').length;
    },
  };
})();
