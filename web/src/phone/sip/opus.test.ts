import { expect, it } from 'vitest';
import { keepOpusSteady } from './opus.ts';

const described = (lines: string[]) => ['m=audio 9 UDP/TLS/RTP/SAVPF 111 0', ...lines, ''].join('\r\n');

it.each([
  ['minptime=10;useinbandfec=1', 'minptime=10;useinbandfec=1'],
  ['minptime=10', 'minptime=10;useinbandfec=1'],
  ['usedtx=1; useinbandfec=0;stereo=1', 'stereo=1;useinbandfec=1'],
])('makes of %s: %s', (before, after) => {
  const sdp = (parameters: string) =>
    described(['a=rtpmap:111 opus/48000/2', `a=fmtp:111 ${parameters}`, 'a=rtpmap:0 PCMU/8000']);
  expect(keepOpusSteady(sdp(before))).toBe(sdp(after));
});

it('says it where a browser says nothing', () => {
  expect(keepOpusSteady(described(['a=rtpmap:111 opus/48000/2', 'a=rtpmap:0 PCMU/8000']))).toBe(
    described(['a=rtpmap:111 opus/48000/2', 'a=fmtp:111 useinbandfec=1', 'a=rtpmap:0 PCMU/8000']),
  );
});

it('leaves other codecs alone', () => {
  const sdp = described(['a=rtpmap:11 L16/44100', 'a=fmtp:111 usedtx=1']);
  expect(keepOpusSteady(sdp)).toBe(sdp);
});
