//! What the signalling loop tells the recorder: small notes, made without waiting for anybody.

use std::time::Instant;

use model::control::{self, Failure, Peer, Source};
use model::{CallId, LegId};
use sip::{Flow, Transport};
use switchboard::core::{DialogBegan, JournalEntry, Output, Party};

use super::glance::Glance;
use super::series::Reading;
use super::story::{LegKind, MarkKind};

/// Something that has happened, and when.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) at: Instant,
    pub(super) what: What,
}

/// What has happened.
#[derive(Debug)]
pub(super) enum What {
    /// A SIP message has come, or goes.
    Message {
        glance: Glance,
        is_inbound: bool,
        transport: Transport,
    },
    /// Whose messages a Call-ID marks.
    Dialog(Box<DialogBegan>),
    /// Media has a leg.
    Made { call: CallId, leg: LegId, kind: LegKind },
    /// A leg belongs to another call.
    Joined { leg: LegId, call: CallId },
    /// What a leg hears.
    Hears { leg: LegId, hears: Hears },
    /// The port of ours to which a phone sends its RTP.
    Port { leg: LegId, port: u16 },
    /// Something to be marked.
    Marked { leg: LegId, kind: MarkKind, text: &'static str },
    /// The same, of a call, or told by others.
    MarkedCall(Box<(CallId, Option<LegId>, MarkKind, String)>),
    /// How a leg sounds.
    Measured { leg: LegId, reading: Box<Reading> },
    /// A call has begun.
    Began(Box<(CallId, Party, Party)>),
    /// It is over.
    Ended { call: CallId, reason: &'static str },
}

/// What a leg hears, as far as people ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hears {
    Somebody,
    Music,
    Nothing,
}

/// What a result of the switchboard tells; most of them nothing.
pub(super) fn of_output(output: &Output) -> Option<What> {
    match output {
        Output::DialogBegan(began) => Some(What::Dialog(began.clone())),
        Output::Media { command, .. } => of_command(command),
        Output::Journal(entry) => Some(of_entry(entry)),
        Output::BeginRecording(recording) => Some(marked(recording.call, MarkKind::Recording, "the recording begins".to_owned())),
        Output::Send { .. }
        | Output::Connect { .. }
        | Output::Locate { .. }
        | Output::ConnectLine { .. }
        | Output::Errand { .. }
        | Output::Controlled { .. }
        | Output::CheckPin { .. }
        | Output::Settle { .. }
        | Output::EndRecording { .. }
        | Output::Remember(_)
        | Output::CloseFlow { .. }
        | Output::Event(_) => None,
    }
}

fn of_command(command: &control::Command) -> Option<What> {
    use control::Command;
    match command {
        Command::ReceiveOffer { call, leg, peer, .. } | Command::MakeOffer { call, leg, peer, .. } => Some(What::Made {
            call: *call,
            leg: *leg,
            kind: match peer {
                Peer::Browser { .. } => LegKind::Browser,
                Peer::Phone { trunk: None, .. } => LegKind::Phone,
                Peer::Phone { trunk: Some(_), .. } => LegKind::Trunk,
            },
        }),
        Command::Join { leg, call } => Some(What::Joined { leg: *leg, call: *call }),
        Command::Hear { leg, source } => Some(What::Hears {
            leg: *leg,
            hears: match source {
                Source::Music => Hears::Music,
                Source::Nothing => Hears::Nothing,
                Source::Leg(_)
                | Source::Echo
                | Source::Mirror
                | Source::RingBack
                | Source::Busy
                | Source::Congestion
                | Source::SpecialInformation
                | Source::Prompt
                | Source::Confirmation
                | Source::Rejection
                | Source::Probe
                | Source::Conference { .. } => Hears::Somebody,
            },
        }),
        // Keys may be a PIN: they leave no trace.
        Command::SendDigit { .. }
        | Command::AnswerOffer { .. }
        | Command::RejectOffer { .. }
        | Command::NarrowOffer { .. }
        | Command::AcceptAnswer { .. }
        | Command::AddCandidate { .. }
        | Command::Chime { .. }
        | Command::Play { .. }
        | Command::Record { .. }
        | Command::Close { .. } => None,
    }
}

fn of_entry(entry: &JournalEntry) -> What {
    match entry {
        JournalEntry::Started { call, caller, called } => What::Began(Box::new((*call, caller.clone(), called.clone()))),
        JournalEntry::Answered { call, .. } => marked(*call, MarkKind::Answered, "answered".to_owned()),
        JournalEntry::Transferred { call, by, to } => marked(*call, MarkKind::Transferred, format!("{} → {}", name(by), name(to))),
        JournalEntry::Forwarded { call, by, to } => marked(*call, MarkKind::Forwarded, format!("{} → {}", name(by), name(to))),
        JournalEntry::Emergency { call, .. } => marked(*call, MarkKind::Emergency, "a call for help".to_owned()),
        JournalEntry::Ended { call, reason, .. } => What::Ended { call: *call, reason },
    }
}

/// News of the media threads.
pub(super) fn of_event(event: &control::Event) -> Option<What> {
    use control::Event;
    match event {
        Event::Connected { leg } => Some(What::Marked {
            leg: *leg,
            kind: MarkKind::Connected,
            text: "media has arrived",
        }),
        Event::LegFailed { leg, reason } => Some(What::Marked {
            leg: *leg,
            kind: MarkKind::Failed,
            text: match reason {
                Failure::IceFailed => "no way for media any more: ICE has failed",
                Failure::DtlsFailed => "the encryption of media could not be agreed upon (DTLS)",
                Failure::ThreadLost => "a part of the server had to be started anew",
                Failure::Unknown => "media does not know the leg",
            },
        }),
        Event::Measured { leg, report } | Event::Closed { leg, report } => Some(What::Measured {
            leg: *leg,
            reading: Box::new(Reading::from(&**report)),
        }),
        Event::OfferMade { leg, offer } => port(offer).map(|port| What::Port { leg: *leg, port }),
        Event::OfferAnswered { leg, answer } => port(answer).map(|port| What::Port { leg: *leg, port }),
        Event::OfferReceived { .. }
        | Event::OfferRefused { .. }
        | Event::AnswerAccepted { .. }
        | Event::Narrowed { .. }
        | Event::AnswerRefused { .. }
        | Event::DigitReceived { .. }
        | Event::Listened { .. }
        | Event::Played { .. }
        | Event::Joined { .. }
        | Event::Speaking { .. } => None,
    }
}

/// The port of the audio in a description of ours.
fn port(description: &str) -> Option<u16> {
    let line = description.lines().find_map(|line| line.strip_prefix("m=audio "))?;
    line.split(' ').next()?.parse().ok()
}

fn marked(call: CallId, kind: MarkKind, text: String) -> What {
    What::MarkedCall(Box::new((call, None, kind, text)))
}

fn name(party: &Party) -> &str {
    if party.name.is_empty() { &party.number } else { &party.name }
}

/// A way's transport, in the words of RFC 3261.
pub(super) fn transport_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
        Transport::Wss => "WSS",
    }
}

/// Only for [`What::Message`].
pub(super) fn message(glance: Glance, is_inbound: bool, flow: &Flow) -> What {
    What::Message {
        glance,
        is_inbound,
        transport: flow.transport,
    }
}

#[cfg(test)]
mod tests {
    use model::control::{Command, Digit};

    use super::*;

    #[test]
    fn keys_leave_no_trace() {
        let command = Command::SendDigit {
            leg: LegId(1),
            digit: Digit::from_char('7').expect("a key"),
            duration_ms: 100,
        };
        let output = Output::Media { call: CallId(1), command };
        assert!(of_output(&output).is_none());
        let event = control::Event::DigitReceived {
            leg: LegId(1),
            digit: Digit::from_char('7').expect("a key"),
            duration_ms: 100,
        };
        assert!(of_event(&event).is_none());
    }

    #[test]
    fn the_port_of_the_audio_stands_in_the_description() {
        assert_eq!(
            port("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\nm=audio 30002 RTP/AVP 8 101\r\n"),
            Some(30_002)
        );
        assert_eq!(port("v=0\r\nm=video 9 RTP/AVP 8\r\n"), None);
    }
}
