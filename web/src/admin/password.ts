/** Letters and digits that nobody confuses when reading them over the telephone. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** A random password of four groups of four, about 79 bits. */
export function makePassword(): string {
  const groups: string[] = [];
  for (let group = 0; group < GROUPS; group += 1) {
    let letters = '';
    while (letters.length < GROUP_LENGTH) letters += randomLetter();
    groups.push(letters);
  }
  return groups.join('-');
}

function randomLetter(): string {
  const limit = 256 - (256 % ALPHABET.length);
  for (;;) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    // Bytes above the limit would make the first letters likelier.
    if (byte < limit) return ALPHABET.charAt(byte % ALPHABET.length);
  }
}

const PIN_LENGTH = 6;

/** A random PIN of six digits. */
export function makePin(): string {
  let pin = '';
  while (pin.length < PIN_LENGTH) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    // Bytes above the limit would make the first digits likelier.
    if (byte < 250) pin += String(byte % 10);
  }
  return pin;
}
