/**
 * Opus as calls need it, whatever a browser's own mind is: forward error correction, which conceals what UDP loses, and no
 * pauses in transmission, by which a call that is silent could not be told from one that is lost (RFC 7587 section 7).
 */
export function keepOpusSteady(sdp: string): string {
  const formats = [...sdp.matchAll(/^a=rtpmap:(\d+) opus\//gim)].map(([, format = '']) => format);
  return formats.reduce(steady, sdp);
}

function steady(sdp: string, format: string): string {
  const line = new RegExp(`^a=fmtp:${format} ([^\\r\\n]*)`, 'm');
  const parameters = line.exec(sdp)?.[1];
  if (parameters === undefined) {
    return sdp.replace(
      new RegExp(`^a=rtpmap:${format} [^\\r\\n]*`, 'm'),
      (map) => `${map}\r\na=fmtp:${format} useinbandfec=1`,
    );
  }
  const kept = parameters
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '' && !/^(useinbandfec|usedtx)=/i.test(each));
  return sdp.replace(line, `a=fmtp:${format} ${[...kept, 'useinbandfec=1'].join(';')}`);
}
