//! Offer/answer (RFC 3264): which formats both sides have, under which payload types, in which order.

use model::control::Direction;

use super::{Description, Media};
use crate::audio::codec::Codec;

/// The encoding name of RFC 4733 events.
const EVENT: &str = "telephone-event";

/// The encoding name of RFC 2198 redundancy, and its payload type in our own offers. It stands beside Opus, as browsers have it.
const REDUNDANCY: &str = "red";
const REDUNDANCY_OFFERED: u8 = 63;

/// Payload types of our own offers for events, by clock.
const EVENTS_OFFERED: [(u32, u8); 2] = [(8_000, 101), (48_000, 110)];

/// A codec with its payload types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The codec.
    pub codec: Codec,
    /// What we write: the payload type that the peer's description gives it.
    pub send: u8,
    /// What the peer should write: the payload type that our description gives it.
    pub receive: u8,
}

/// RFC 4733 events at one clock rate, with their payload types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventFormat {
    /// Of the duration field, in Hz.
    pub clock: u32,
    /// What we write.
    pub send: u8,
    /// What the peer should write.
    pub receive: u8,
}

/// RFC 2198 redundancy, with its payload types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedundancyFormat {
    /// What we write.
    pub send: u8,
    /// What the peer should write.
    pub receive: u8,
}

/// Formats in order of preference. The first codec is the one that is sent; the others may come and go too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formats {
    /// Audio.
    pub codecs: Vec<Format>,
    /// Events.
    pub events: Vec<EventFormat>,
    /// Packets that carry the one before, too. For browsers alone: phones are in the office.
    pub redundancy: Option<RedundancyFormat>,
}

/// What a payload type means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Audio.
    Audio(Codec),
    /// An RFC 4733 event; durations count at this clock, in Hz.
    Event(u32),
    /// Blocks of RFC 2198, each with a payload type of its own.
    Redundant,
}

impl Formats {
    /// For an offer of ours: everything, those in `preferred` first.
    #[must_use]
    pub fn offer(preferred: &[Codec]) -> Self {
        let rest = Codec::ALL.into_iter().filter(|codec| !preferred.contains(codec));
        let codecs = preferred.iter().copied().chain(rest).map(|codec| Format {
            codec,
            send: codec.payload_type(),
            receive: codec.payload_type(),
        });
        let events = EVENTS_OFFERED.into_iter().map(|(clock, pt)| EventFormat {
            clock,
            send: pt,
            receive: pt,
        });
        Self {
            codecs: codecs.collect(),
            events: events.collect(),
            redundancy: Some(RedundancyFormat {
                send: REDUNDANCY_OFFERED,
                receive: REDUNDANCY_OFFERED,
            }),
        }
    }

    /// What of a peer's offer we can do, in the peer's order and with the peer's payload types (RFC 3264 section 6.1).
    #[must_use]
    pub fn of_offer(media: &Media) -> Self {
        let mut formats = Self::default();
        for text in &media.formats {
            let Some(payload_type) = text.parse::<u8>().ok().filter(|pt| *pt < 128) else {
                continue;
            };
            match meaning_in(media, payload_type) {
                Some(Meaning::Audio(codec)) if formats.codec(codec).is_none() => {
                    formats.codecs.push(Format {
                        codec,
                        send: payload_type,
                        receive: payload_type,
                    });
                }
                Some(Meaning::Event(clock)) if formats.events.iter().all(|event| event.clock != clock) => {
                    formats.events.push(EventFormat {
                        clock,
                        send: payload_type,
                        receive: payload_type,
                    });
                }
                Some(Meaning::Redundant) if formats.redundancy.is_none() => {
                    formats.redundancy = Some(RedundancyFormat {
                        send: payload_type,
                        receive: payload_type,
                    });
                }
                Some(Meaning::Audio(_) | Meaning::Event(_) | Meaning::Redundant) | None => {}
            }
        }
        // It names Opus in its parameters.
        formats.redundancy = formats.redundancy.filter(|_| formats.codec(Codec::Opus).is_some());
        formats
    }

    /// What a peer's answer leaves of our offer, in the answer's order. The answer's payload types are for our sending.
    #[must_use]
    pub fn of_answer(&self, answer: &Media) -> Self {
        let mut formats = Self::of_offer(answer);
        formats.codecs.retain_mut(|format| match self.codec(format.codec) {
            Some(offered) => {
                format.receive = offered.receive;
                true
            }
            None => false,
        });
        formats
            .events
            .retain_mut(|event| match self.events.iter().find(|offered| offered.clock == event.clock) {
                Some(offered) => {
                    event.receive = offered.receive;
                    true
                }
                None => false,
            });
        formats.redundancy = formats.redundancy.zip(self.redundancy).map(|(theirs, ours)| RedundancyFormat {
            send: theirs.send,
            receive: ours.receive,
        });
        formats.redundancy = formats.redundancy.filter(|_| formats.codec(Codec::Opus).is_some());
        formats
    }

    /// For another offer of ours within a session: payload types keep their meaning, those in `preferred` come first.
    #[must_use]
    pub fn reoffer(&self, preferred: &[Codec]) -> Self {
        let mut formats = self.completed();
        if !preferred.is_empty() {
            formats.prefer(preferred);
        }
        formats
    }

    /// For another offer of ours within a session that leaves no choice: those codecs alone, and events.
    #[must_use]
    pub fn reoffer_only(&self, codecs: &[Codec]) -> Self {
        let mut formats = self.reoffer(codecs);
        formats.codecs.retain(|format| codecs.contains(&format.codec));
        formats.redundancy = formats.redundancy.filter(|_| formats.codec(Codec::Opus).is_some());
        formats
    }

    /// Whether there is G.711 and nothing else: who says so may be a fax machine or a modem.
    #[must_use]
    pub fn is_g711_alone(&self) -> bool {
        let is_g711 = |codec: Codec| match codec {
            Codec::Pcmu | Codec::Pcma => true,
            Codec::Opus | Codec::G722 => false,
        };
        !self.codecs.is_empty() && self.codecs.iter().all(|format| is_g711(format.codec))
    }

    /// These, and everything else that we can do, under payload types that are still free.
    #[must_use]
    pub fn completed(&self) -> Self {
        let mut all = self.clone();
        let taken = |all: &Self, pt: u8| {
            let redundancy = all.redundancy.is_some_and(|r| r.receive == pt);
            redundancy || all.codecs.iter().any(|f| f.receive == pt) || all.events.iter().any(|e| e.receive == pt)
        };
        let ours = Self::offer(&[]);
        for format in ours.codecs {
            if all.codec(format.codec).is_none() && !taken(&all, format.receive) {
                all.codecs.push(format);
            }
        }
        for event in ours.events {
            if all.events.iter().all(|known| known.clock != event.clock) && !taken(&all, event.receive) {
                all.events.push(event);
            }
        }
        if all.redundancy.is_none() && all.codec(Codec::Opus).is_some() {
            all.redundancy = ours.redundancy.filter(|redundancy| !taken(&all, redundancy.receive));
        }
        all
    }

    /// Moves the codecs of `preferred` to the front, in that order.
    pub fn prefer(&mut self, preferred: &[Codec]) {
        self.codecs
            .sort_by_key(|format| preferred.iter().position(|codec| *codec == format.codec).unwrap_or(usize::MAX));
    }

    /// The codec that we send when we may choose.
    #[must_use]
    pub fn chosen(&self) -> Option<Format> {
        self.codecs.first().copied()
    }

    /// How a codec is written, if it was negotiated.
    #[must_use]
    pub fn codec(&self, codec: Codec) -> Option<Format> {
        self.codecs.iter().copied().find(|format| format.codec == codec)
    }

    /// How events are written beside a codec: at its clock where possible.
    #[must_use]
    pub fn event(&self, codec: Codec) -> Option<EventFormat> {
        let fits = |event: &&EventFormat| event.clock == codec.rtp_clock();
        self.events.iter().find(fits).or(self.events.first()).copied()
    }

    /// What a received payload type means. Peers should use those of our description, but some use their own.
    #[must_use]
    pub fn meaning(&self, payload_type: u8) -> Option<Meaning> {
        let by = |pick: fn(u8, u8) -> u8| {
            let codec = self
                .codecs
                .iter()
                .find(|f| pick(f.receive, f.send) == payload_type)
                .map(|f| Meaning::Audio(f.codec));
            let event = || self.events.iter().find(|e| pick(e.receive, e.send) == payload_type);
            let redundancy = || self.redundancy.filter(|r| pick(r.receive, r.send) == payload_type);
            codec
                .or_else(|| event().map(|e| Meaning::Event(e.clock)))
                .or_else(|| redundancy().map(|_| Meaning::Redundant))
        };
        by(|receive, _| receive).or_else(|| by(|_, send| send))
    }

    /// The codecs alone, in order.
    #[must_use]
    pub fn codec_list(&self) -> Vec<Codec> {
        self.codecs.iter().map(|format| format.codec).collect()
    }
}

/// What a payload type means in a description: by `a=rtpmap`, else by RFC 3551.
fn meaning_in(media: &Media, payload_type: u8) -> Option<Meaning> {
    match media.maps.iter().find(|map| map.payload_type == payload_type) {
        Some(map) if map.encoding.eq_ignore_ascii_case(EVENT) => matches!(map.clock, 8_000 | 48_000).then_some(Meaning::Event(map.clock)),
        Some(map) if map.encoding.eq_ignore_ascii_case(REDUNDANCY) => {
            ((map.clock, map.channels) == (48_000, 2)).then_some(Meaning::Redundant)
        }
        Some(map) => Codec::from_rtpmap(&map.encoding, map.clock, map.channels).map(Meaning::Audio),
        None => Codec::from_static_payload_type(payload_type).map(Meaning::Audio),
    }
}

/// The m-line that can become a call's audio: the first audio line in use whose transport `acceptable` likes and that
/// shares a codec with us.
#[must_use]
pub fn audio_line(description: &Description, acceptable: impl Fn(&Media) -> bool) -> Option<usize> {
    description
        .media
        .iter()
        .position(|media| media.kind == "audio" && media.port != 0 && acceptable(media) && !Formats::of_offer(media).codecs.is_empty())
}

/// The other side's view of a direction (RFC 3264 section 6.1).
#[must_use]
pub fn mirrored(direction: Direction) -> Direction {
    match direction {
        Direction::SendRecv => Direction::SendRecv,
        Direction::SendOnly => Direction::RecvOnly,
        Direction::RecvOnly => Direction::SendOnly,
        Direction::Inactive => Direction::Inactive,
    }
}

/// What both allow: an answer can only narrow an offer. Both as seen from the peer.
#[must_use]
pub fn narrowed(offered: Direction, answered: Direction) -> Direction {
    let talks = talks(offered) && talks(answered);
    let listens = listens(offered) && listens(answered);
    match (talks, listens) {
        (true, true) => Direction::SendRecv,
        (true, false) => Direction::SendOnly,
        (false, true) => Direction::RecvOnly,
        (false, false) => Direction::Inactive,
    }
}

/// Whether a peer with this direction sends to us.
#[must_use]
pub fn talks(direction: Direction) -> bool {
    matches!(direction, Direction::SendRecv | Direction::SendOnly)
}

/// Whether a peer with this direction wants to be sent to.
#[must_use]
pub fn listens(direction: Direction) -> bool {
    matches!(direction, Direction::SendRecv | Direction::RecvOnly)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(formats: &str, maps: &[&str]) -> Media {
        let maps: String = maps.iter().map(|map| format!("a=rtpmap:{map}\r\n")).collect();
        let text = format!("v=0\r\nm=audio 4000 RTP/AVP {formats}\r\n{maps}");
        Description::parse(&text).unwrap().media.remove(0)
    }

    #[test]
    fn the_offerer_s_payload_types_and_order_are_kept() {
        let formats = Formats::of_offer(&media(
            "0 96 97 8 98",
            &["96 opus/48000/2", "97 telephone-event/48000", "98 TELEPHONE-EVENT/8000"],
        ));
        assert_eq!(formats.codec_list(), [Codec::Pcmu, Codec::Opus, Codec::Pcma]);
        assert_eq!(formats.codec(Codec::Opus).unwrap().send, 96);
        assert_eq!(formats.event(Codec::Opus).unwrap().send, 97);
        assert_eq!(formats.event(Codec::Pcmu).unwrap().send, 98);
    }

    #[test]
    fn a_codec_is_found_under_either_side_s_payload_type() {
        let answer = Formats::offer(&[]).of_answer(&media("96 0", &["96 opus/48000/2"]));
        assert_eq!(
            answer.chosen(),
            Some(Format {
                codec: Codec::Opus,
                send: 96,
                receive: 111
            })
        );
        assert_eq!(answer.meaning(111), Some(Meaning::Audio(Codec::Opus)));
        assert_eq!(answer.meaning(96), Some(Meaning::Audio(Codec::Opus)));
        assert_eq!(answer.meaning(9), None);
    }

    #[test]
    fn redundancy_is_agreed_upon_beside_opus_alone() {
        let both = Formats::of_offer(&media("111 121 0", &["111 opus/48000/2", "121 RED/48000/2"]));
        assert_eq!(both.redundancy, Some(RedundancyFormat { send: 121, receive: 121 }));
        assert_eq!(both.meaning(121), Some(Meaning::Redundant));
        assert_eq!(both.chosen().map(|format| format.codec), Some(Codec::Opus));
        for maps in [&["111 opus/48000/2", "121 red/8000"][..], &["121 red/48000/2"]] {
            assert_eq!(Formats::of_offer(&media("111 121 0", maps)).redundancy, None, "{maps:?}");
        }
        let ours = Formats::offer(&[]);
        let answered = ours.of_answer(&media("96 97", &["96 opus/48000/2", "97 red/48000/2"]));
        assert_eq!(answered.redundancy, Some(RedundancyFormat { send: 97, receive: 63 }));
        assert_eq!(ours.of_answer(&media("96", &["96 opus/48000/2"])).redundancy, None);
        // Its number may be taken by something else.
        let taken = Formats::of_offer(&media("63", &["63 opus/48000/2"]));
        assert_eq!(taken.completed().redundancy, None);
    }

    #[test]
    fn preference_moves_codecs_to_the_front_and_keeps_the_rest_in_order() {
        let mut formats = Formats::offer(&[]);
        formats.prefer(&[Codec::Pcmu]);
        assert_eq!(formats.codec_list(), [Codec::Pcmu, Codec::Opus, Codec::G722, Codec::Pcma]);
        assert_eq!(
            Formats::offer(&[Codec::Pcma]).codec_list(),
            [Codec::Pcma, Codec::Opus, Codec::G722, Codec::Pcmu]
        );
    }

    #[test]
    fn an_answer_can_only_narrow_an_offer() {
        assert_eq!(narrowed(Direction::RecvOnly, Direction::SendRecv), Direction::RecvOnly);
        assert_eq!(narrowed(Direction::SendRecv, Direction::SendOnly), Direction::SendOnly);
        assert_eq!(narrowed(Direction::SendOnly, Direction::RecvOnly), Direction::Inactive);
    }
}
