import type { EchoSeen } from '../../src/api/check.ts';

/** The far end of an echo, in the same page: what real instruments are tried against where there is no server. */
const far = new Map<string, RTCPeerConnection>();

export async function beginEcho(offer: string): Promise<{ id: string; answer: string }> {
  const connection = new RTCPeerConnection();
  await connection.setRemoteDescription({ type: 'offer', sdp: offer });
  for (const transceiver of connection.getTransceivers()) {
    transceiver.direction = 'sendrecv';
    await transceiver.sender.replaceTrack(transceiver.receiver.track);
  }
  await connection.setLocalDescription(await connection.createAnswer());
  await gathered(connection);
  const id = String(far.size + 1);
  far.set(id, connection);
  return { id, answer: connection.localDescription?.sdp ?? '' };
}

export async function echoSeen(id: string): Promise<EchoSeen> {
  const seen: EchoSeen = {
    packets: 0,
    lost: 0,
    jitter_ms: 0,
    is_tone_heard: true,
    is_connected: true,
    tone_ms: 4_000,
    way: 'udp',
  };
  (await far.get(id)?.getStats())?.forEach((entry: unknown) => {
    const { type, packetsReceived, packetsLost } = entry as Record<string, unknown>;
    if (type !== 'inbound-rtp') return;
    seen.packets = Number(packetsReceived);
    seen.lost = Number(packetsLost);
  });
  return seen;
}

export function endEcho(id: string): void {
  far.get(id)?.close();
}

function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    if (connection.iceGatheringState === 'complete') resolve();
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState === 'complete') resolve();
    });
  });
}
