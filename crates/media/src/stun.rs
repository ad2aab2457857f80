//! Just enough of STUN (RFC 8489) to tell whose packet it is, before anything is authenticated.

/// The magic cookie, bytes 4 to 8 of every STUN message.
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const HEADER_BYTES: usize = 20;
const USERNAME: u16 = 0x0006;

/// The worker whose leg a STUN binding request on the one port is for; `None` when it is no such request, or not one of ours.
#[must_use]
pub fn worker_of(packet: &[u8]) -> Option<u8> {
    worker_of_ufrag(local_ufrag(packet)?)
}

/// Our user name fragment in a STUN binding request: the first half of USERNAME (RFC 8445 section 7.2.2).
#[must_use]
pub fn local_ufrag(packet: &[u8]) -> Option<&str> {
    // A binding request, and nothing else: 0x0001.
    if packet.len() < HEADER_BYTES || packet[..2] != [0, 1] || packet[4..8] != COOKIE {
        return None;
    }
    let mut attributes = &packet[HEADER_BYTES..];
    while let Some((head, rest)) = attributes.split_at_checked(4) {
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = rest.get(..length)?;
        if kind == USERNAME {
            return std::str::from_utf8(value).ok()?.split(':').next();
        }
        attributes = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

/// The worker that [`ufrag`] has written into a fragment.
#[must_use]
pub fn worker_of_ufrag(ufrag: &str) -> Option<u8> {
    let hex = ufrag.get(..2).filter(|hex| hex.bytes().all(|c| c.is_ascii_hexdigit()))?;
    u8::from_str_radix(hex, 16).ok()
}

/// A user name fragment of ours: the worker in hex, then what makes it unique.
#[must_use]
pub fn ufrag(worker: u8, unique: &str) -> String {
    format!("{worker:02x}{unique}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A binding request with a USERNAME behind another attribute.
    fn request(username: &str) -> Vec<u8> {
        let mut packet = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        packet.extend([7; 12]);
        packet.extend([0x80, 0x22, 0, 3, b'a', b'b', b'c', 0]);
        packet.extend([0, 6, 0, u8::try_from(username.len()).unwrap()]);
        packet.extend(username.as_bytes());
        packet.resize(packet.len().next_multiple_of(4), 0);
        packet
    }

    #[test]
    fn the_worker_is_read_back_from_a_request() {
        let packet = request(&format!("{}:remote", ufrag(0x1f, "abcdefgh")));
        assert_eq!(local_ufrag(&packet), Some("1fabcdefgh"));
        assert_eq!(worker_of(&packet), Some(0x1f));
    }

    #[test]
    fn cut_short_at_any_byte_it_names_nobody() {
        let packet = request("00abcdefghi:rem");
        for length in 0..packet.len() - 1 {
            assert_eq!(worker_of(&packet[..length]), None, "{length}");
        }
    }

    #[test]
    fn responses_and_foreign_fragments_name_nobody() {
        let mut packet = request("zzabc:remote");
        assert_eq!(worker_of(&packet), None);
        packet[0] = 1;
        assert_eq!(local_ufrag(&packet), None);
    }
}
