//! Where one message of the stream ends and the next begins: STUN (RFC 8489 section 6.2.2) and ChannelData (RFC 8656 section 12.5).

use std::ops::{Range, RangeInclusive};

use crate::client::Violation;
use crate::stun;

/// A message's size on the stream at most, in bytes, header included: media and DTLS stay below the MTU.
pub const UNIT_BYTES_MAX: usize = 4096;

/// The header of ChannelData: channel and length.
pub(crate) const CHANNEL_HEADER_BYTES: usize = 4;

/// The numbers that a client may bind (RFC 8656 section 12).
pub(crate) const CHANNELS: RangeInclusive<u16> = 0x4000..=0x4fff;

/// The first message of the stream; all ranges are in the buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Stun { consumed: usize },
    Channel { number: u16, data: Range<usize>, consumed: usize },
}

/// `Ok(None)` when more must be read first.
pub(crate) fn first(buffer: &[u8]) -> Result<Option<Unit>, Violation> {
    let Some(&[kind, low, high_length, low_length]) = buffer.first_chunk() else {
        // The first two bits tell enough already.
        return match buffer.first() {
            Some(kind) if kind >> 6 > 1 => Err(Violation::NotTurn),
            _ => Ok(None),
        };
    };
    let length = usize::from(u16::from_be_bytes([high_length, low_length]));
    let unit = match kind >> 6 {
        0 => {
            if length % 4 != 0 || buffer.get(4..8).is_some_and(|cookie| cookie != stun::COOKIE) {
                return Err(Violation::NotTurn);
            }
            Unit::Stun {
                consumed: stun::HEADER_BYTES + length,
            }
        }
        1 => Unit::Channel {
            number: u16::from_be_bytes([kind, low]),
            data: CHANNEL_HEADER_BYTES..CHANNEL_HEADER_BYTES + length,
            consumed: CHANNEL_HEADER_BYTES + length.next_multiple_of(4),
        },
        _ => return Err(Violation::NotTurn),
    };
    let (Unit::Stun { consumed } | Unit::Channel { consumed, .. }) = unit;
    if consumed > UNIT_BYTES_MAX {
        return Err(Violation::TooLarge(consumed));
    }
    Ok((consumed <= buffer.len()).then_some(unit))
}

/// Appends ChannelData, padded as streams want it. False when it is too large.
pub(crate) fn write_channel_data(number: u16, packet: &[u8], out: &mut Vec<u8>) -> bool {
    let Ok(length) = u16::try_from(packet.len()) else { return false };
    if CHANNEL_HEADER_BYTES + packet.len().next_multiple_of(4) > UNIT_BYTES_MAX {
        return false;
    }
    out.extend_from_slice(&number.to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(packet);
    out.extend_from_slice(&[0; 3][..packet.len().next_multiple_of(4) - packet.len()]);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channel_data_is_padded_to_four() {
        for (length, consumed) in [(0, 4), (1, 8), (4, 8), (5, 12)] {
            let mut out = Vec::new();
            assert!(write_channel_data(0x4001, &vec![7; length], &mut out));
            assert_eq!(out.len(), consumed);
            let unit = Unit::Channel {
                number: 0x4001,
                data: 4..4 + length,
                consumed,
            };
            assert_eq!(first(&out), Ok(Some(unit)));
            assert_eq!(first(&out[..consumed - 1]), Ok(None), "not whole before its padding has come");
        }
    }

    #[test]
    fn what_is_too_large_is_not_waited_for() {
        let most = UNIT_BYTES_MAX - CHANNEL_HEADER_BYTES;
        let mut out = Vec::new();
        assert!(write_channel_data(0x4000, &vec![0; most], &mut out));
        assert!(matches!(first(&out), Ok(Some(Unit::Channel { .. }))));
        assert!(!write_channel_data(0x4000, &vec![0; most + 1], &mut Vec::new()));
        let header = [0x40, 0, 0x0f, 0xfd];
        assert_eq!(first(&header), Err(Violation::TooLarge(UNIT_BYTES_MAX + 4)));
        assert_eq!(first(&[0, 1, 0xff, 0xfc]), Err(Violation::TooLarge(20 + 0xfffc)));
    }

    #[test]
    fn what_is_neither_is_told_by_the_first_byte() {
        for kind in [0x80, 0xc0, 0xff] {
            assert_eq!(first(&[kind]), Err(Violation::NotTurn));
        }
        assert_eq!(first(&[]), Ok(None));
        assert_eq!(first(&[0x00]), Ok(None));
        assert_eq!(first(&[0, 1, 0, 3]), Err(Violation::NotTurn), "STUN is padded");
        assert_eq!(first(&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x43]), Err(Violation::NotTurn), "no cookie");
    }
}
