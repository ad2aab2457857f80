//! Audio: codecs, jitter buffer, concealment, resampling, transcoding, tones, music on hold, quality.
//!
//! Pure signal processing. No clock, no I/O, and no allocation per frame once a thing is constructed. Audio is mono
//! 16-bit PCM in frames of 20 ms ([`FRAME_MS`]); levels are in dBov as in RFC 6464 (0 is a full-scale square wave,
//! -3 a full-scale sine, -127 silence).
//!
//! ```text
//!   RTP in ──► StreamStatistics (what RTCP and the journal say)
//!     │
//!     └──► Transcoder: jitter::Buffer ─► Decoder ─► Concealer ─► Resampler ─► Encoder ──► 20 ms payloads out
//!
//!   tones, music ──► EncodedLoop (encoded once per codec, shared by all who listen) ──► 20 ms payloads out
//! ```
//!
//! What the engine uses (signatures are stable; more is public for tests and later work):
//!
//! ```text
//! codec::Codec { Opus, G722, Pcma, Pcmu }          Copy, Eq, Ord; Codec::ALL in order of preference
//!     name() -> &'static str  "opus" …             encoding() -> &'static str  "opus/48000/2" … (for a=rtpmap)
//!     payload_type() -> u8 (default)               rtp_clock() -> u32 (Hz; 8000 for G.722)
//!     frame_ticks() -> u32 (RTP clock per 20 ms)   fmtp() -> Option<&'static str>
//!     from_rtpmap(name: &str, clock: u32, channels: u8) -> Option<Codec>     from_static_payload_type(u8) -> Option<Codec>
//!     duration(payload: &[u8]) -> Option<u32> (RTP clock; None when malformed)
//! codec::Encoder::new(Codec, rate: Rate) -> Result<Encoder, codec::Error>   encode(&[i16], &mut [u8]) -> Result<usize, Error>
//! codec::Decoder::new(Codec, rate: Rate) -> Result<Decoder, codec::Error>   decode(&[u8], &mut [i16]) -> Result<usize, Error>
//!
//! transcode::Transcoder::new(from: Codec, to: Codec) -> Result<Transcoder, codec::Error>
//!     push(&jitter::Packet { ssrc, sequence, timestamp, marker, payload }, now: Instant)
//!     tick(now: Instant) -> Option<&[u8]>     every 20 ms: the payload of the next frame, or None: send nothing this time.
//!                                             The RTP timestamp advances by to.frame_ticks() for every tick, also for None;
//!                                             the sequence number for Some only; set the marker on the first Some after a None.
//!     expect_loss(percent: u8)                what the receiver of our stream reports (RTCP): steers Opus FEC
//!     counters() -> jitter::Counters   delay_ms() -> f32   meter() -> &SilenceMeter   concealed_percent() -> Option<f32>
//! loss::ExpectedLoss                         receivers' reports without their noise: report(percent: f32)   percent() -> u8
//! transcode::Source::new(Codec, Rate)         only the receiving half: tick(now) -> Option<&[i16]>; what crate::mixer hears with
//!
//! music::prepare()                            once at start-up, before media threads: renders and encodes everything (~ 0.5 s)
//! music::on_hold(Codec) | prompt(Codec) | … -> &'static EncodedLoop
//! tones::Plan::of(country: &str)               the tones of a country: prepare(), encoded(Kind, Codec) -> &'static EncodedLoop
//! EncodedLoop::frame(index: usize) -> &[u8]   20 ms payload; index counts up for ever, the loop wraps by itself
//!
//! music::comfort(Codec)                       the same for a conference in which nobody talks
//! chime::Chimes                               short tones that come into a conference's mix: push(Chime), samples(Rate)
//!
//! tone::Dtmf::new(Digit, Rate, duration_ms: u16)    fill(&mut self, frame: &mut [i16]) -> bool (false: it was over before this frame)
//! tone::goertzel(samples: &[i16], rate_hz: u32, frequency_hz: f32) -> f32 (dBov of that frequency)
//!
//! quality::StreamStatistics::new(rtp_clock: u32)
//!     received(ssrc: u32, sequence: u16, timestamp: u32, payload_bytes: usize, now: Instant) -> bool
//!         (false: the first packet after a wild jump: relay it, but it does not count until its successor confirms it)
//!     packets() bytes() expected() lost() extended_sequence() jitter_ms() ssrc() -> Option<u32>
//!     report(&mut self, now: Instant) -> Option<rtcp::ReportBlock>   (starts a new interval)
//!     sender_report(ntp: u64, now: Instant)   remembers an SR of that stream for LSR/DLSR
//! quality::mos(codec: Codec, one_way_delay_ms: f32, loss_percent: f32) -> f32
//! quality::level_pcm(&[i16]) -> i8 dBov       quality::level_payload(Codec, &[u8]) -> Option<i8> (G.711 only)
//! quality::SilenceMeter: frame(level_dbov: i8)   silent_percent() -> Option<f32>   level_dbov() -> Option<i8> (about the last second)
//!
//! rtcp::parse(&[u8]) -> Result<Compound, Malformed>    Compound::packets() -> iterator of rtcp::Packet
//!     Packet::{SenderReport { ssrc, info: SenderInfo, blocks }, ReceiverReport { ssrc, blocks }, Bye { ssrc }, Other { kind }}
//! rtcp::build_report(ssrc, sender: Option<SenderInfo>, block: Option<ReportBlock>, cname: &str, out: &mut [u8]) -> usize
//! rtcp::build_bye(ssrc, cname: &str, out: &mut [u8]) -> usize
//! rtcp::NtpClock::new(origin: Instant, origin_ntp: u64)     ntp(now) -> u64 (32.32 fixed point)
//! rtcp::round_trip_ms(block: &ReportBlock, arrival_ntp: u64) -> Option<f32>
//! ```

/// Duration of a frame in milliseconds: what every tick plays.
pub const FRAME_MS: u32 = 20;

/// Samples of a 20 ms frame at the highest rate (48 kHz).
pub const FRAME_SAMPLES_MAX: usize = 960;

pub mod chime;
pub mod codec;
pub mod conceal;
pub mod jitter;
pub(crate) mod lateness;
pub mod loss;
pub mod music;
pub mod probe;
pub mod quality;
pub mod resample;
pub mod rtcp;
pub mod tone;
pub mod tones;
pub mod transcode;

#[cfg(test)]
pub(crate) mod testing {
    use std::time::Instant;

    /// Some instant for simulated time to start from.
    #[expect(
        clippy::disallowed_methods,
        reason = "an Instant cannot be made otherwise; only differences matter to the tests"
    )]
    pub(crate) fn start() -> Instant {
        Instant::now()
    }
}
