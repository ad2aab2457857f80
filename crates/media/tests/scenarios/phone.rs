//! A desk phone: RTP and RTCP, one codec at a time, a tone for a voice.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::audio::codec::{Codec, Decoder, Encoder, Rate};
use media::audio::tone::goertzel;
use media::rtp;
use rtc_srtp::context::Context;

use crate::world::{Packet, addr};

const FRAME: Duration = Duration::from_millis(20);

/// A tone, 20 ms at a time; or something that a codec takes for speech.
pub struct Voice {
    hz: f32,
    phase: f32,
    /// A second tone, and its phase.
    with: Option<(f32, f32)>,
    /// How far a syllable has got, for speech.
    syllable: Option<f32>,
}

impl Voice {
    pub fn new(hz: f32) -> Self {
        Self {
            hz,
            phase: 0.0,
            with: None,
            syllable: None,
        }
    }

    /// Two tones at once, as a key has.
    pub fn both(hz: [f32; 2]) -> Self {
        Self {
            with: Some((hz[1], 0.0)),
            ..Self::new(hz[0])
        }
    }

    /// Vowels at this pitch, four syllables a second.
    pub fn speech(pitch_hz: f32) -> Self {
        Self {
            syllable: Some(0.0),
            ..Self::new(pitch_hz)
        }
    }

    pub fn frame(&mut self, rate: Rate) -> Vec<i16> {
        (0..rate.frame_samples())
            .map(|_| {
                self.phase = (self.phase + self.hz / rate.hz() as f32).fract();
                let turn = self.phase * std::f32::consts::TAU;
                if let Some((hz, phase)) = &mut self.with {
                    *phase = (*phase + *hz / rate.hz() as f32).fract();
                    return ((turn.sin() + (*phase * std::f32::consts::TAU).sin()) * 5_000.0) as i16;
                }
                let Some(syllable) = &mut self.syllable else {
                    return (turn.sin() * 8_000.0) as i16;
                };
                *syllable = (*syllable + 4.0 / rate.hz() as f32).fract();
                let vowel: f32 = (1_u8..12).map(|n| (turn * f32::from(n)).sin() / f32::from(n)).sum();
                (vowel * 8_000.0 * (0.55 - 0.45 * (*syllable * std::f32::consts::TAU).cos())) as i16
            })
            .collect()
    }
}

/// What somebody heard, decoded.
#[derive(Default)]
pub struct Ear {
    decoders: Vec<(Codec, Decoder)>,
    pub pcm: Vec<i16>,
    pub rate_hz: u32,
}

impl Ear {
    pub fn hear(&mut self, codec: Codec, payload: &[u8]) {
        if self.decoders.iter().all(|(known, _)| *known != codec) {
            self.decoders.push((codec, Decoder::new(codec, codec.rate()).expect("a decoder")));
        }
        if self.rate_hz != codec.rate().hz() {
            self.pcm.clear();
            self.rate_hz = codec.rate().hz();
        }
        let decoder = self
            .decoders
            .iter_mut()
            .find(|(known, _)| *known == codec)
            .map(|(_, decoder)| decoder)
            .expect("made above");
        let mut pcm = [0; 5_760];
        let samples = decoder.decode(payload, &mut pcm).expect("a payload of this codec");
        self.pcm.extend_from_slice(&pcm[..samples]);
    }

    /// Whether the last `ms` were this tone: at least so many, and nothing much besides.
    pub fn has_tone(&self, hz: f32, ms: usize) -> bool {
        let samples = self.rate_hz as usize * ms / 1_000;
        let Some(start) = self.pcm.len().checked_sub(samples).filter(|_| samples > 0) else {
            return false;
        };
        let window = self.rate_hz as usize / 10;
        self.pcm[start..]
            .chunks_exact(window)
            .all(|chunk| goertzel(chunk, self.rate_hz, hz) > -25.0)
    }

    /// Level of a tone in the last 200 ms, in dBov.
    pub fn level(&self, hz: f32) -> f32 {
        let samples = (self.rate_hz as usize / 5).min(self.pcm.len());
        if samples == 0 {
            -127.0
        } else {
            goertzel(&self.pcm[self.pcm.len() - samples..], self.rate_hz, hz)
        }
    }

    pub fn heard_ms(&self) -> usize {
        if self.rate_hz == 0 {
            0
        } else {
            self.pcm.len() * 1_000 / self.rate_hz as usize
        }
    }

    pub fn forget(&mut self) {
        self.pcm.clear();
    }
}

/// One packet as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub packet: rtp::Packet,
    pub payload: Vec<u8>,
}

pub struct Phone {
    pub address: SocketAddr,
    /// Where to send; from our SDP.
    pub remote: Option<SocketAddr>,
    pub codec: Codec,
    pub payload_type: u8,
    /// What payload types mean to it.
    pub map: Vec<(u8, Codec)>,
    pub event_pt: u8,
    pub talking: bool,
    pub voice: Voice,
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
    encoder: Encoder,
    next: Instant,
    pub ear: Ear,
    pub received: Vec<Received>,
    pub rtcp: Vec<Vec<u8>>,
    /// Packets without a payload that it was sent.
    pub keep_alives: usize,
    /// Outgoing and incoming.
    pub srtp: Option<(Context, Context)>,
    /// Every so manieth packet is lost on the way out; 0 for none.
    pub lose_every: u32,
    sent: u32,
}

impl Phone {
    pub fn new(address: &str, codec: Codec, tone_hz: f32, now: Instant) -> Self {
        Self {
            address: addr(address),
            remote: None,
            codec,
            payload_type: codec.payload_type(),
            map: Codec::ALL.iter().map(|codec| (codec.payload_type(), *codec)).collect(),
            event_pt: 101,
            talking: true,
            voice: Voice::new(tone_hz),
            ssrc: 0x1000 + u32::from(addr(address).port()),
            sequence: 65_500,
            timestamp: u32::MAX - 8_000,
            encoder: Encoder::new(codec, codec.rate()).expect("an encoder"),
            next: now,
            ear: Ear::default(),
            received: Vec::new(),
            rtcp: Vec::new(),
            keep_alives: 0,
            srtp: None,
            lose_every: 0,
            sent: 0,
        }
    }

    /// An offer or answer of this phone: its codec first, then `more`.
    pub fn sdp(&self, more: &[Codec], attributes: &str) -> String {
        let codecs: Vec<Codec> = std::iter::once(self.codec).chain(more.iter().copied()).collect();
        let pt = |codec: Codec| {
            if codec == self.codec {
                self.payload_type
            } else {
                codec.payload_type()
            }
        };
        let pts: Vec<String> = codecs.iter().map(|codec| pt(*codec).to_string()).collect();
        let maps: String = codecs
            .iter()
            .map(|codec| format!("a=rtpmap:{} {}\r\n", pt(*codec), codec.encoding()))
            .collect();
        let (host, port, event) = (self.address.ip(), self.address.port(), self.event_pt);
        format!(
            "v=0\r\no=phone 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP {} {event}\r\n{maps}a=rtpmap:{event} telephone-event/8000\r\n{attributes}",
            pts.join(" ")
        )
    }

    /// Looks up where to send in a description of ours.
    pub fn aim(&mut self, sdp: &str) {
        let description = media::sdp::Description::parse(sdp).expect("our own SDP");
        let audio = &description.media[0];
        self.remote = Some(SocketAddr::new(audio.connection.expect("an address"), audio.port));
    }

    pub fn change_codec(&mut self, codec: Codec) {
        self.codec = codec;
        self.payload_type = codec.payload_type();
        self.encoder = Encoder::new(codec, codec.rate()).expect("an encoder");
    }

    pub fn owns(&self, destination: SocketAddr) -> bool {
        destination.ip() == self.address.ip()
            && (destination.port() == self.address.port() || destination.port() == self.address.port() + 1)
    }

    pub fn due(&self) -> Option<Instant> {
        self.remote.filter(|_| self.talking).map(|_| self.next)
    }

    pub fn run(&mut self, now: Instant, out: &mut Vec<Packet>) {
        if self.due().is_none_or(|due| due > now) {
            return;
        }
        while self.next <= now {
            self.next += FRAME;
        }
        let pcm = self.voice.frame(self.codec.rate());
        let mut payload = [0; 1_300];
        let length = self.encoder.encode(&pcm, &mut payload).expect("a frame");
        self.timestamp = self.timestamp.wrapping_add(self.codec.frame_ticks());
        let packet = self.packet(self.payload_type, false, self.timestamp, &payload[..length]);
        self.sent += 1;
        if self.lose_every == 0 || !self.sent.is_multiple_of(self.lose_every) {
            out.push(self.envelope(now, packet));
        }
    }

    /// Builds (and encrypts) the next packet.
    pub fn packet(&mut self, payload_type: u8, marker: bool, timestamp: u32, payload: &[u8]) -> Vec<u8> {
        self.sequence = self.sequence.wrapping_add(1);
        let mut out = [0; 1_500];
        let length = rtp::write(&mut out, payload_type, marker, self.sequence, timestamp, self.ssrc, payload).expect("fits");
        match &mut self.srtp {
            Some((outgoing, _)) => outgoing.encrypt_rtp(&out[..length]).expect("encrypts").to_vec(),
            None => out[..length].to_vec(),
        }
    }

    pub fn envelope(&self, now: Instant, data: Vec<u8>) -> Packet {
        Packet {
            at: now,
            connection: None,
            source: self.address,
            destination: self.remote.expect("aimed"),
            data,
        }
    }

    pub fn receive(&mut self, packet: &Packet) {
        let mut data = packet.data.clone();
        if packet.destination.port() != self.address.port() || rtp::is_rtcp(&data) {
            if let Some((_, incoming)) = &mut self.srtp {
                data = incoming.decrypt_rtcp(&data).expect("authentic").to_vec();
            }
            self.rtcp.push(data);
            return;
        }
        if let Some((_, incoming)) = &mut self.srtp {
            data = incoming.decrypt_rtp(&data).expect("authentic").to_vec();
        }
        let parsed = rtp::Packet::parse(&data).expect("RTP");
        let payload = data[parsed.start..parsed.end].to_vec();
        if let Some((_, codec)) = self.map.iter().find(|(pt, _)| *pt == parsed.payload_type) {
            self.ear.hear(*codec, &payload);
        } else if payload.is_empty() {
            self.keep_alives += 1;
        } else {
            assert_eq!(parsed.payload_type, self.event_pt, "a payload type that was negotiated");
        }
        self.received.push(Received { packet: parsed, payload });
    }

    /// Checks that what was received is one RTP stream: numbers without gaps, time that goes on.
    pub fn assert_continuous(&self) {
        for pair in self.received.windows(2) {
            let (a, b) = (&pair[0].packet, &pair[1].packet);
            assert_eq!(a.ssrc, b.ssrc, "one SSRC");
            assert_eq!(b.sequence, a.sequence.wrapping_add(1), "no gap");
            assert!(
                b.timestamp.wrapping_sub(a.timestamp).cast_signed() >= 0,
                "time goes on: {} {}",
                a.timestamp,
                b.timestamp
            );
        }
    }
}
