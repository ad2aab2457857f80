// What the check page does, without the page: a tone by one way alone, there and back. The test puts a call of it behind.
async (way, token) => {
  const ask = async (path, method = 'GET', body = undefined) => {
    const answer = await fetch(`/api/v1/check${path}`, {
      method,
      body: body && JSON.stringify(body),
      headers: { 'Farend-Check': token, ...(body && { 'Content-Type': 'application/json' }) },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const until = (what, limitMs, tell) =>
    new Promise((done) => {
      const end = performance.now() + limitMs;
      const look = () => (what() || performance.now() > end ? done(tell()) : setTimeout(look, 20));
      look();
    });

  const page = await ask('');
  const servers = { udp: { iceServers: [{ urls: page.stun }] }, tcp: {}, tls: { iceServers: page.ice, iceTransportPolicy: 'relay' } };
  const pc = new RTCPeerConnection(servers[way]);
  const audio = new AudioContext();
  const tone = new OscillatorNode(audio, { frequency: 1000 });
  const out = audio.createMediaStreamDestination();
  tone.connect(new GainNode(audio, { gain: 0.3 })).connect(out);
  tone.start();
  pc.addTrack(out.stream.getAudioTracks()[0], out.stream);
  let back = null;
  pc.ontrack = ({ track }) => (back = new MediaStream([track]));

  await pc.setLocalDescription();
  await until(() => pc.iceGatheringState === 'complete', way === 'tcp' ? 200 : 1500, () => null);
  const began = performance.now();
  const { id, answer } = await ask('/echo', 'POST', { way, offer: pc.localDescription.sdp });
  await pc.setRemoteDescription({ type: 'answer', sdp: answer });
  const isConnected = await until(
    () => pc.connectionState === 'connected' || pc.connectionState === 'failed',
    6000,
    () => pc.connectionState === 'connected',
  );
  const tookMs = performance.now() - began;

  let isToneBack = false;
  let pair = null;
  if (isConnected) {
    // Chromium decodes what somebody plays.
    const element = new Audio();
    element.srcObject = back;
    element.muted = true;
    await element.play();
    const analyser = new AnalyserNode(audio, { fftSize: 4096 });
    audio.createMediaStreamSource(back).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    isToneBack = await until(
      () => {
        analyser.getFloatFrequencyData(bins);
        const loudest = bins.indexOf(Math.max(...bins));
        const hz = (loudest * audio.sampleRate) / analyser.fftSize;
        return (isToneBack = bins[loudest] > -50 && Math.abs(hz - 1000) < 30);
      },
      4000,
      () => isToneBack,
    );
    const stats = [...(await pc.getStats()).values()];
    const chosen = stats.find((each) => each.type === 'candidate-pair' && each.nominated && each.state === 'succeeded');
    const local = stats.find((each) => each.id === chosen?.localCandidateId);
    pair = local && `${local.candidateType}/${local.protocol}/${local.relayProtocol ?? ''}`;
    await until(() => false, 1500, () => null);
  }
  const seen = await ask(`/echo/${id}`);
  const last = await ask(`/echo/${id}`, 'DELETE');
  pc.close();
  await audio.close();
  return { isConnected, tookMs, isToneBack, pair, seen, last };
}
