//! G.711: logarithmic coding of one sample in one byte (ITU-T G.711), by tables computed at compile time.
//!
//! Both laws cut the magnitude into eight segments of doubling step size: sign bit, three bits of segment, four bits
//! within it. A-law inverts every second bit for the line's sake, µ-law all of them.

/// Added to the magnitude before µ-law finds the segment, in units of 16-bit PCM.
const ULAW_BIAS: i32 = 132;
/// The largest magnitude that µ-law can carry, in units of 16-bit PCM.
const ULAW_CLIP: i32 = 32_635;
/// What A-law inverts.
const ALAW_TOGGLE: u8 = 0x55;
/// The sign bit: set for positive values in both laws (before µ-law's inversion: for negative ones).
const SIGN: u8 = 0x80;

/// A-law has 13 bits of resolution, so the lowest three bits of a sample do not change its code.
static ALAW_ENCODE: [u8; 1 << 13] = {
    let mut table = [0; 1 << 13];
    let mut i = 0;
    while i < table.len() {
        table[i] = alaw_compress((((i as u16) << 3) as i16) as i32);
        i += 1;
    }
    table
};

/// µ-law has 14 bits of resolution, so the lowest two bits of a sample do not change its code.
static ULAW_ENCODE: [u8; 1 << 14] = {
    let mut table = [0; 1 << 14];
    let mut i = 0;
    while i < table.len() {
        table[i] = ulaw_compress((((i as u16) << 2) as i16) as i32);
        i += 1;
    }
    table
};

static ALAW_DECODE: [i16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < table.len() {
        table[i] = alaw_expand(i as u8);
        i += 1;
    }
    table
};

static ULAW_DECODE: [i16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < table.len() {
        table[i] = ulaw_expand(i as u8);
        i += 1;
    }
    table
};

/// The A-law code of a sample.
#[must_use]
pub fn alaw_encode(sample: i16) -> u8 {
    ALAW_ENCODE[usize::from(sample.cast_unsigned() >> 3)]
}

/// The sample of an A-law code.
#[must_use]
pub fn alaw_decode(code: u8) -> i16 {
    ALAW_DECODE[usize::from(code)]
}

/// The µ-law code of a sample.
#[must_use]
pub fn ulaw_encode(sample: i16) -> u8 {
    ULAW_ENCODE[usize::from(sample.cast_unsigned() >> 2)]
}

/// The sample of a µ-law code.
#[must_use]
pub fn ulaw_decode(code: u8) -> i16 {
    ULAW_DECODE[usize::from(code)]
}

/// Below zero by ones' complement, as the ITU's reference (G.191) does: -1 and 0 fall into mirrored intervals.
const fn magnitude(sample: i32) -> i32 {
    if sample < 0 { !sample } else { sample }
}

const fn alaw_compress(sample: i32) -> u8 {
    let magnitude = magnitude(sample) >> 4;
    // The first two segments share a step size: below 32 the magnitude is its own code.
    let code = if magnitude < 32 {
        magnitude
    } else {
        let shift = magnitude.ilog2() - 4;
        ((shift as i32 + 1) << 4) | ((magnitude >> shift) & 0x0f)
    };
    (code as u8 | if sample < 0 { 0 } else { SIGN }) ^ ALAW_TOGGLE
}

pub(crate) const fn alaw_expand(code: u8) -> i16 {
    let code = code ^ ALAW_TOGGLE;
    let segment = (code >> 4) & 0x07;
    let mantissa = (code & 0x0f) as i16;
    // The middle of the interval.
    let magnitude = match segment {
        0 => (mantissa << 4) + 8,
        _ => ((mantissa << 4) + 0x108) << (segment - 1),
    };
    if code & SIGN == 0 { -magnitude } else { magnitude }
}

const fn ulaw_compress(sample: i32) -> u8 {
    let magnitude = magnitude(sample);
    let biased = (if magnitude > ULAW_CLIP { ULAW_CLIP } else { magnitude }) + ULAW_BIAS;
    let segment = biased.ilog2() - 7;
    let mantissa = (biased >> (segment + 3)) & 0x0f;
    let code = ((segment as u8) << 4) | mantissa as u8 | if sample < 0 { SIGN } else { 0 };
    !code
}

pub(crate) const fn ulaw_expand(code: u8) -> i16 {
    let code = !code;
    let segment = (code >> 4) & 0x07;
    let mantissa = (code & 0x0f) as i32;
    let magnitude = ((((mantissa << 3) + ULAW_BIAS) << segment) - ULAW_BIAS) as i16;
    if code & SIGN == 0 { magnitude } else { -magnitude }
}
