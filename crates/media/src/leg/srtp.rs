//! SDES-SRTP (RFC 4568, RFC 3711, RFC 7714) by `rtc-srtp`, with what it leaves to its user: which stream may claim state,
//! and that unencrypted SRTCP is refused.

use data_encoding::BASE64;
use rand::RngCore;
use rand::rngs::StdRng;
use rtc_srtp::context::Context;
use rtc_srtp::crypto::providers::AwsLcRsCrypto;
use rtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use rtc_srtp::protection_profile::ProtectionProfile;

use crate::sdp::Crypto;

/// Streams that one key decrypts at most; the one unused for longest makes room.
const STREAMS_MAX: usize = 8;
/// Packets of unknown streams that one trial context refuses: it keeps a little of each.
const TRIALS_MAX: usize = 16;
/// Packets of replay protection (RFC 3711 section 3.3.2 asks for 64 at least).
const REPLAY_WINDOW: usize = 128;

/// A crypto suite that we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// RFC 4568 section 6.2.1.
    AesCm128HmacSha1_80,
    /// RFC 7714 section 14.2.
    AeadAes128Gcm,
}

impl Suite {
    /// Best first: the order of our offers.
    pub(crate) const ALL: [Self; 2] = [Self::AeadAes128Gcm, Self::AesCm128HmacSha1_80];

    /// As in `a=crypto`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AesCm128HmacSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AeadAes128Gcm => "AEAD_AES_128_GCM",
        }
    }

    fn profile(self) -> ProtectionProfile {
        match self {
            Self::AesCm128HmacSha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
            Self::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
        }
    }

    /// Bytes of the master key and of the master salt.
    fn lengths(self) -> (usize, usize) {
        match self {
            Self::AesCm128HmacSha1_80 => (16, 14),
            Self::AeadAes128Gcm => (16, 12),
        }
    }

    /// Where the E flag of an SRTCP packet of this length is (RFC 3711 section 3.4, RFC 7714 section 9.1).
    fn encrypted_flag_at(self, length: usize) -> Option<usize> {
        match self {
            Self::AesCm128HmacSha1_80 => length.checked_sub(4 + 10),
            Self::AeadAes128Gcm => length.checked_sub(4),
        }
    }
}

/// A suite with a master key and salt.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) suite: Suite,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.suite.name())
    }
}

impl Key {
    /// A new one of ours.
    pub(crate) fn random(suite: Suite, random: &mut StdRng) -> Self {
        let (key, salt) = suite.lengths();
        let mut bytes = vec![0; key + salt];
        random.fill_bytes(&mut bytes);
        Self { suite, bytes }
    }

    /// A peer's; `None` when we do not speak it or it is malformed.
    pub(crate) fn of(line: &Crypto) -> Option<Self> {
        let suite = Suite::ALL
            .into_iter()
            .find(|suite| suite.name() == line.suite && !line.has_extras)?;
        let (key, salt) = suite.lengths();
        let mut text = line.key.trim_end_matches('=').to_owned();
        while !text.len().is_multiple_of(4) {
            text.push('=');
        }
        let bytes = BASE64.decode(text.as_bytes()).ok().filter(|bytes| bytes.len() == key + salt)?;
        Some(Self { suite, bytes })
    }

    /// The value of an `a=crypto` line.
    pub(crate) fn line(&self, tag: u32) -> String {
        format!("{tag} {} inline:{}", self.suite.name(), BASE64.encode(&self.bytes))
    }

    fn context(&self, receiving: bool) -> Option<Context> {
        let (key, salt) = self.bytes.split_at(self.suite.lengths().0);
        let replay = receiving
            .then(|| (srtp_replay_protection(REPLAY_WINDOW), srtcp_replay_protection(REPLAY_WINDOW)))
            .unzip();
        Context::new(key, salt, self.suite.profile(), replay.0, replay.1, &AwsLcRsCrypto).ok()
    }
}

/// One direction out.
struct Outgoing {
    key: Key,
    context: Context,
}

/// One direction in. `rtc-srtp` never forgets a stream that it was shown, so each has a context of its own, which only
/// a packet that is authentic brings into being.
struct Incoming {
    key: Key,
    /// Most recently used last.
    streams: Vec<(u32, Context)>,
    /// Tries the packets of streams that are not known.
    trial: Option<Context>,
    /// Packets that it refused.
    refused: usize,
}

impl Outgoing {
    fn new(key: Key) -> Option<Self> {
        let context = key.context(false)?;
        Some(Self { key, context })
    }
}

impl Incoming {
    fn new(key: Key) -> Option<Self> {
        let trial = key.context(false)?;
        Some(Self {
            key,
            streams: Vec::new(),
            trial: Some(trial),
            refused: 0,
        })
    }

    /// What `decrypt` makes of a packet of this stream; `None` when it is not authentic, or a replay.
    fn decrypt<T, E>(&mut self, ssrc: u32, decrypt: impl Fn(&mut Context) -> Result<T, E>) -> Option<T> {
        match self.streams.iter().rposition(|(known, _)| *known == ssrc) {
            Some(at) if at + 1 < self.streams.len() => self.streams[at..].rotate_left(1),
            Some(_) => {}
            None => self.admit(ssrc, &decrypt)?,
        }
        let (_, context) = self.streams.last_mut()?;
        decrypt(context).ok()
    }

    /// Makes room for a stream if this packet of it is authentic.
    fn admit<T, E>(&mut self, ssrc: u32, decrypt: &impl Fn(&mut Context) -> Result<T, E>) -> Option<()> {
        if self.trial.is_none() {
            self.trial = Some(self.key.context(false)?);
        }
        // Without replay protection, whose window would begin where a forger likes.
        if decrypt(self.trial.as_mut()?).is_err() {
            self.refused += 1;
            if self.refused == TRIALS_MAX {
                self.refused = 0;
                self.trial = None;
            }
            return None;
        }
        self.trial = None;
        self.refused = 0;
        let context = self.key.context(true)?;
        if self.streams.len() == STREAMS_MAX {
            self.streams.remove(0);
        }
        self.streams.push((ssrc, context));
        Some(())
    }
}

/// Both directions of an SRTP leg.
pub(crate) struct Srtp {
    outgoing: Outgoing,
    incoming: Incoming,
}

impl std::fmt::Debug for Srtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Srtp({})", self.outgoing.key.suite.name())
    }
}

impl Srtp {
    /// Sets up both directions; `None` when the provider refuses, which it does not for the suites that we speak.
    pub(crate) fn new(ours: Key, theirs: Key) -> Option<Self> {
        Some(Self {
            outgoing: Outgoing::new(ours)?,
            incoming: Incoming::new(theirs)?,
        })
    }

    /// Takes over what an agreement says: a direction whose key stays goes on with its rollover counters, since beginning
    /// again would encrypt two packets alike. Nothing has changed when it is `None`.
    pub(crate) fn rekey(&mut self, ours: Key, theirs: Key) -> Option<()> {
        let outgoing = if self.outgoing.key == ours {
            None
        } else {
            Some(Outgoing::new(ours)?)
        };
        let incoming = if self.incoming.key == theirs {
            None
        } else {
            Some(Incoming::new(theirs)?)
        };
        if let Some(outgoing) = outgoing {
            self.outgoing = outgoing;
        }
        if let Some(incoming) = incoming {
            self.incoming = incoming;
        }
        Some(())
    }

    /// Decrypts a packet in place; its new length, or `None` when it is not authentic, or a replay.
    pub(crate) fn unprotect_rtp(&mut self, data: &mut [u8], ssrc: u32) -> Option<usize> {
        let packet = &*data;
        let plain = self.incoming.decrypt(ssrc, |context| context.decrypt_rtp(packet))?;
        copy_back(data, &plain)
    }

    /// Decrypts a compound packet in place; its new length, or `None` when it is not authentic, or a replay.
    pub(crate) fn unprotect_rtcp(&mut self, data: &mut [u8]) -> Option<usize> {
        // `rtc-srtp` returns packets without the E flag unverified: they are nothing that we negotiate.
        let flag = self.incoming.key.suite.encrypted_flag_at(data.len())?;
        if data.get(flag)? & 0x80 == 0 {
            return None;
        }
        let ssrc = data.get(4..8)?.try_into().ok().map(u32::from_be_bytes)?;
        let packet = &*data;
        let plain = self.incoming.decrypt(ssrc, |context| context.decrypt_rtcp(packet))?;
        copy_back(data, &plain)
    }

    /// Encrypts a packet and hands it to `send`.
    pub(crate) fn protect_rtp(&mut self, packet: &[u8], send: impl FnOnce(&[u8])) {
        if let Ok(protected) = self.outgoing.context.encrypt_rtp(packet) {
            send(&protected);
        }
    }

    /// Encrypts a compound packet and hands it to `send`.
    pub(crate) fn protect_rtcp(&mut self, packet: &[u8], send: impl FnOnce(&[u8])) {
        if let Ok(protected) = self.outgoing.context.encrypt_rtcp(packet) {
            send(&protected);
        }
    }
}

fn copy_back(data: &mut [u8], plain: &[u8]) -> Option<usize> {
    data.get_mut(..plain.len())?.copy_from_slice(plain);
    Some(plain.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn pair(suite: Suite) -> (Srtp, Srtp) {
        let mut random = StdRng::seed_from_u64(1);
        let (a, b) = (Key::random(suite, &mut random), Key::random(suite, &mut random));
        (Srtp::new(a.clone(), b.clone()).unwrap(), Srtp::new(b, a).unwrap())
    }

    fn packet(sequence: u16) -> Vec<u8> {
        let mut out = vec![0; 64];
        let length = crate::rtp::write(&mut out, 0, false, sequence, 160, 7, b"hello").unwrap();
        out.truncate(length);
        out
    }

    fn protected(srtp: &mut Srtp, packet: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        srtp.protect_rtp(packet, |bytes| out = bytes.to_vec());
        out
    }

    #[test]
    fn a_packet_survives_and_its_replay_does_not() {
        for suite in Suite::ALL {
            let (mut a, mut b) = pair(suite);
            let sealed = protected(&mut a, &packet(1));
            assert_ne!(sealed[12..17], *b"hello");
            let mut once = sealed.clone();
            let length = b.unprotect_rtp(&mut once, 7).unwrap();
            assert_eq!(once[..length], packet(1));
            assert_eq!(b.unprotect_rtp(&mut sealed.clone(), 7), None);
        }
    }

    #[test]
    fn a_flipped_bit_is_not_authentic() {
        for suite in Suite::ALL {
            let (mut a, mut b) = pair(suite);
            let mut sealed = protected(&mut a, &packet(1));
            sealed[13] ^= 1;
            assert_eq!(b.unprotect_rtp(&mut sealed, 7), None);
        }
    }

    #[test]
    fn rtcp_in_the_clear_is_refused() {
        let bye = [0x81, 203, 0, 1, 0, 0, 0, 7];
        for suite in Suite::ALL {
            let (mut a, mut b) = pair(suite);
            let mut sealed = Vec::new();
            a.protect_rtcp(&bye, |bytes| sealed = bytes.to_vec());
            let length = b.unprotect_rtcp(&mut sealed.clone()).unwrap();
            assert_eq!(length, bye.len());
            let mut clear = bye.to_vec();
            clear.extend([0, 0, 0, 1]);
            clear.extend([0; 16]);
            for length in 0..clear.len() {
                assert_eq!(b.unprotect_rtcp(&mut clear[..length].to_vec()), None);
            }
        }
    }

    #[test]
    fn a_stranger_s_streams_take_no_room() {
        let (mut a, _) = pair(Suite::AeadAes128Gcm);
        for ssrc in 0..100 {
            assert_eq!(a.unprotect_rtp(&mut packet(1), ssrc), None);
        }
        assert_eq!(a.incoming.streams.len(), 0);
        assert!(a.incoming.refused < TRIALS_MAX);
    }

    #[test]
    fn of_many_real_streams_the_one_unused_for_longest_makes_room() {
        for suite in Suite::ALL {
            let (mut a, mut b) = pair(suite);
            let mut hear = |ssrc: u32, sequence: u16| {
                let mut plain = packet(sequence);
                plain[8..12].copy_from_slice(&ssrc.to_be_bytes());
                let mut sealed = protected(&mut a, &plain);
                assert!(b.unprotect_rtp(&mut sealed.clone(), ssrc).is_some());
                assert_eq!(b.unprotect_rtp(&mut sealed, ssrc), None, "a replay");
                b.incoming.streams.iter().map(|(ssrc, _)| *ssrc).collect::<Vec<_>>()
            };
            for ssrc in 1..=8 {
                hear(ssrc, 1);
            }
            hear(1, 2);
            assert_eq!(hear(9, 1), [3, 4, 5, 6, 7, 8, 1, 9]);
        }
    }

    #[test]
    fn a_forged_packet_does_not_move_the_replay_window() {
        let (mut a, mut b) = pair(Suite::AeadAes128Gcm);
        let mut forged = protected(&mut a, &packet(30_000));
        forged[20] ^= 1;
        assert_eq!(b.unprotect_rtp(&mut forged, 7), None);
        let (mut a, _) = pair(Suite::AeadAes128Gcm);
        assert!(b.unprotect_rtp(&mut protected(&mut a, &packet(5)), 7).is_some());
    }

    #[test]
    fn a_direction_whose_key_stays_keeps_its_counters() {
        for suite in Suite::ALL {
            let mut random = StdRng::seed_from_u64(3);
            let [a, b, c] = std::array::from_fn(|_| Key::random(suite, &mut random));
            let (mut here, mut there) = (Srtp::new(a.clone(), b.clone()).unwrap(), Srtp::new(b.clone(), a.clone()).unwrap());
            let talk =
                |from: &mut Srtp, to: &mut Srtp, sequence: u16| to.unprotect_rtp(&mut protected(from, &packet(sequence)), 7).is_some();
            for sequence in [65_534, 65_535, 0, 1] {
                assert!(talk(&mut here, &mut there, sequence) && talk(&mut there, &mut here, sequence));
            }
            // There it takes a new key: we go on sending with ours.
            here.rekey(a.clone(), c.clone()).unwrap();
            there.rekey(c.clone(), a.clone()).unwrap();
            assert!(talk(&mut here, &mut there, 2));
            // Numbers wrap under the new key, too.
            for sequence in [40_000, 65_535, 0, 1] {
                assert!(talk(&mut there, &mut here, sequence));
            }
            // And the other way round.
            here.rekey(b.clone(), c.clone()).unwrap();
            there.rekey(c.clone(), b.clone()).unwrap();
            assert!(talk(&mut here, &mut there, 3) && talk(&mut there, &mut here, 2));
        }
    }

    #[test]
    fn keys_are_read_with_and_without_padding() {
        let key = Key::random(Suite::AeadAes128Gcm, &mut StdRng::seed_from_u64(2));
        let text = key.line(3);
        let (_, inline) = text.split_once("inline:").unwrap();
        for text in [inline, inline.trim_end_matches('=')] {
            let line = Crypto {
                tag: 3,
                suite: "AEAD_AES_128_GCM".into(),
                key: text.into(),
                has_extras: false,
            };
            assert_eq!(Key::of(&line), Some(key.clone()));
        }
    }
}
