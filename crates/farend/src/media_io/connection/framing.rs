//! ICE-TCP: each packet behind its length (RFC 4571, RFC 6544).

use std::io;
use std::ops::Range;

/// A frame's size at most, in bytes; media and DTLS stay below the MTU.
pub(crate) const FRAME_BYTES_MAX: usize = 2048;

/// The next whole frame in `bytes` from `at`: its packet's place. `Ok(None)` when more must be read first.
///
/// # Errors
///
/// When the frame is larger than [`FRAME_BYTES_MAX`]: this is not our protocol.
pub(super) fn next_frame(bytes: &[u8], at: usize) -> io::Result<Option<Range<usize>>> {
    let Some(header) = bytes.get(at..at + 2) else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([header[0], header[1]]));
    if length > FRAME_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let packet = at + 2..at + 2 + length;
    Ok((packet.end <= bytes.len()).then_some(packet))
}

/// Appends a packet as a frame. False when it is longer than a frame can be.
pub(super) fn write_frame(packet: &[u8], out: &mut Vec<u8>) -> bool {
    let Ok(length) = u16::try_from(packet.len()) else { return false };
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(packet);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_any_cut() {
        let mut whole = Vec::new();
        for packet in [&b"abc"[..], b"", b"z"] {
            assert!(write_frame(packet, &mut whole));
        }
        assert_eq!(whole, [0, 3, b'a', b'b', b'c', 0, 0, 0, 1, b'z']);
        for cut in 0..=whole.len() {
            let (mut at, mut frames) = (0, Vec::new());
            while let Some(frame) = next_frame(&whole[..cut], at).unwrap() {
                at = frame.end;
                frames.push(frame);
            }
            assert_eq!(
                frames,
                [2..5, 7..7, 9..10].into_iter().filter(|frame| frame.end <= cut).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn a_frame_too_large_is_not_our_protocol() {
        assert_eq!(next_frame(&[0xff, 0xff], 0).unwrap_err().kind(), io::ErrorKind::InvalidData);
        let most = FRAME_BYTES_MAX.to_be_bytes();
        assert_eq!(next_frame(&most[6..], 0).unwrap(), None);
        assert!(!write_frame(&[0; 65_536], &mut Vec::new()));
    }
}
