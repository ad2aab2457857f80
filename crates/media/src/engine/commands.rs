//! Commands: legs come, negotiate, hear one another, and go.

use std::net::SocketAddr;
use std::time::Instant;

use model::LegId;
use model::control::{Command, Direction, Event, Failure, Peer, Refusal, Source};
use model::quality::Refused;
use rand::RngCore;

use super::moving::Departing;
use super::outside::{Place, advertised};
use super::reports::MEASURE_INTERVAL;
use super::{Engine, Outbox};
use crate::audio::codec::Codec;
use crate::audio::probe::{CHECK_TONE_HZ, Probe};
use crate::bridge::Outbound;
use crate::leg::dialogue::Dialogue;
use crate::leg::inbound::Inbound;
use crate::leg::rtp::Rtp;
use crate::leg::told::Told;
use crate::leg::webrtc::WebRtc;
use crate::leg::{Handle, Leg, Transport};
use crate::sdp::negotiate::{Formats, audio_line};
use crate::sdp::{Description, Media, write};

impl Engine {
    pub(super) fn carry_out(&mut self, command: Command, now: Instant, outbox: &mut impl Outbox) {
        let (leg, promised) = (command.leg(), command.is_answered());
        let known = self.by_id.get(&leg).copied();
        match (command, known) {
            (Command::ReceiveOffer { call, leg, peer, offer }, known) => {
                let event = match self.receive_offer(known, call, leg, &peer, &offer, now) {
                    Ok(direction) => Event::OfferReceived { leg, direction },
                    Err(reason) => Event::OfferRefused { leg, reason },
                };
                self.events.push_back(event);
            }
            (
                Command::MakeOffer {
                    call,
                    leg,
                    peer,
                    toward,
                    direction,
                },
                known,
            ) => {
                let event = match self.make_offer(known, call, leg, &peer, toward, direction, now) {
                    Ok(offer) => Event::OfferMade { leg, offer },
                    Err(reason) => Event::OfferRefused { leg, reason },
                };
                self.events.push_back(event);
            }
            (Command::NarrowOffer { leg, toward }, Some(handle)) => {
                let event = match self.narrow_offer(handle, toward, now) {
                    Ok(offer) => Event::OfferMade { leg, offer },
                    Err(reason) => Event::OfferRefused { leg, reason },
                };
                self.events.push_back(event);
            }
            (_, None) => {
                if promised {
                    self.events.push_back(Event::LegFailed {
                        leg,
                        reason: Failure::Unknown,
                    });
                }
            }
            (Command::AnswerOffer { leg, toward }, Some(handle)) => {
                let event = match self.answer_offer(handle, toward, now) {
                    Ok(answer) => Event::OfferAnswered { leg, answer },
                    Err(reason) => Event::OfferRefused { leg, reason },
                };
                self.events.push_back(event);
            }
            (Command::AcceptAnswer { leg, answer }, Some(handle)) => {
                let event = match self.accept_answer(handle, &answer, now) {
                    Ok(direction) => Event::AnswerAccepted { leg, direction },
                    Err(reason) => Event::AnswerRefused { leg, reason },
                };
                self.events.push_back(event);
            }
            (Command::RejectOffer { .. }, Some(handle)) => self.legs[handle].dialogue.reject(),
            (Command::AddCandidate { candidate, .. }, Some(handle)) => {
                let Leg { transport, dialogue, .. } = &mut self.legs[handle];
                if let Transport::WebRtc(web) = transport {
                    web.add_candidate(candidate, dialogue.owes_answer(), now);
                }
            }
            (Command::Hear { source, .. }, Some(handle)) => self.hear(handle, source, now),
            (Command::SendDigit { digit, duration_ms, .. }, Some(handle)) => self.legs[handle].outbound.press(digit, duration_ms, now),
            // One thread for all.
            (Command::Join { leg, call }, Some(handle)) => {
                self.join(handle, call, now);
                self.events.push_back(Event::Joined { leg });
            }
            (Command::Play { number, sounds, .. }, Some(handle)) => self.recite(handle, number, &sounds, now),
            (Command::Record { into, .. }, Some(handle)) => self.legs[handle].track = into,
            (Command::Chime { chime, .. }, Some(handle)) => self.chime(handle, chime),
            (Command::Close { .. }, Some(handle)) => {
                self.close(handle, now, outbox);
                return;
            }
        }
        if let Some(handle) = self.by_id.get(&leg).copied() {
            self.timers.schedule(&mut self.legs[handle]);
        }
    }

    fn receive_offer(
        &mut self,
        known: Option<Handle>,
        call: model::CallId,
        leg: LegId,
        peer: &Peer,
        offer: &str,
        now: Instant,
    ) -> Result<Direction, Refusal> {
        let offer = Description::parse(offer).map_err(|_| Refusal::Malformed)?;
        let handle = match known {
            Some(handle) => {
                self.locate(handle, peer);
                handle
            }
            None => self.create(call, leg, peer, now)?,
        };
        let line = audio_line(&offer, |media| accepts(&self.legs[handle].transport, media));
        match line {
            Some(line) => Ok(self.legs[handle].dialogue.receive_offer(offer, line)),
            None => {
                if known.is_none() {
                    self.remove(handle);
                }
                Err(Refusal::NotAcceptable)
            }
        }
    }

    fn answer_offer(&mut self, handle: Handle, toward: Option<LegId>, now: Instant) -> Result<String, Refusal> {
        let preferred = self.codecs_of(toward);
        let leg = &mut self.legs[handle];
        let mut settled = leg.dialogue.answer(&preferred)?;
        let direction = Dialogue::written(settled.agreement.direction);
        // What can fail comes first: until then the agreement before is in force.
        let answer = match &mut leg.transport {
            Transport::WebRtc(web) => {
                let before = web.ufrag().map(Box::from);
                let formats = &settled.agreement.formats;
                if web.answer(&settled.media, formats, &self.identity, now, &mut self.random)? {
                    leg.outbound.renumber();
                }
                leg.dialogue.settle(&mut settled);
                let answer = describe_web(&mut leg.dialogue, web, &settled.agreement.formats, direction, Some(&settled.media));
                self.rename(handle, before);
                answer.ok_or(Refusal::OutOfTurn)?
            }
            Transport::Rtp(rtp) => {
                let crypto = rtp.answer(&settled.media, &mut self.random)?;
                rtp.aim(&settled.media, settled.media.rtcp_mux, now);
                leg.dialogue.settle(&mut settled);
                let (formats, protocol) = (&settled.agreement.formats, &settled.media.protocol);
                describe_rtp(&mut leg.dialogue, rtp, formats, direction, protocol, crypto)
            }
        };
        self.agreed(handle, now);
        Ok(answer)
    }

    #[allow(clippy::too_many_arguments, reason = "one command's fields")]
    fn make_offer(
        &mut self,
        known: Option<Handle>,
        call: model::CallId,
        leg: LegId,
        peer: &Peer,
        toward: Option<LegId>,
        direction: Direction,
        now: Instant,
    ) -> Result<String, Refusal> {
        let preferred = self.codecs_of(toward);
        let handle = match known {
            Some(handle) => {
                self.locate(handle, peer);
                handle
            }
            None => self.create(call, leg, peer, now)?,
        };
        // Payload types once used keep their meaning (RFC 3264 section 8.3.2).
        let formats = match self.legs[handle].dialogue.agreed() {
            Some(agreed) => agreed.formats.reoffer(&preferred),
            None => Formats::offer(&preferred),
        };
        self.offer(handle, formats, direction, now)
    }

    /// An offer with the codecs of another leg alone.
    fn narrow_offer(&mut self, handle: Handle, toward: LegId, now: Instant) -> Result<String, Refusal> {
        let only = self.codecs_of(Some(toward));
        let agreed = self.legs[handle].dialogue.agreed().ok_or(Refusal::OutOfTurn)?;
        let formats = agreed.formats.reoffer_only(&only);
        if formats.codecs.is_empty() {
            return Err(Refusal::NotAcceptable);
        }
        self.offer(handle, formats, Direction::SendRecv, now)
    }

    fn offer(&mut self, handle: Handle, formats: Formats, direction: Direction, now: Instant) -> Result<String, Refusal> {
        let leg = &mut self.legs[handle];
        let written = Dialogue::written(direction);
        let offer = match &mut leg.transport {
            Transport::WebRtc(web) => {
                let before = web.ufrag().map(Box::from);
                web.prepare_offer(&formats, &self.identity, now, &mut self.random);
                let offer = describe_web(&mut leg.dialogue, web, &formats, written, None);
                leg.dialogue.offered(formats, direction);
                self.rename(handle, before);
                offer.ok_or(Refusal::OutOfTurn)?
            }
            Transport::Rtp(rtp) => {
                let (protocol, crypto) = rtp.offer(&mut self.random);
                let offer = describe_rtp(&mut leg.dialogue, rtp, &formats, written, protocol, crypto);
                leg.dialogue.offered(formats, direction);
                offer
            }
        };
        Ok(offer)
    }

    fn accept_answer(&mut self, handle: Handle, answer: &str, now: Instant) -> Result<Direction, Refusal> {
        let leg = &mut self.legs[handle];
        if !leg.dialogue.awaits_answer() {
            return Err(Refusal::OutOfTurn);
        }
        let answer = Description::parse(answer).map_err(|_| Refusal::Malformed)?;
        let Leg { dialogue, transport, .. } = leg;
        let mut settled = dialogue.accept(answer, |media| accepts(transport, media))?;
        let media = &settled.media;
        match transport {
            Transport::WebRtc(web) => web.accept(media, now)?,
            Transport::Rtp(rtp) => {
                rtp.accept(media)?;
                // We never offer to share a port that was not shared before.
                rtp.aim(media, media.rtcp_mux && rtp.rtcp_mux(), now);
            }
        }
        dialogue.settle(&mut settled);
        self.agreed(handle, now);
        Ok(settled.agreement.direction)
    }

    /// The codecs of the leg that this one will talk to, best first.
    fn codecs_of(&self, toward: Option<LegId>) -> Vec<Codec> {
        let handle = toward.and_then(|toward| self.by_id.get(&toward));
        handle.map(|handle| self.legs[*handle].codecs()).unwrap_or_default()
    }

    /// A new agreement is in force: a tone or music goes on in its codec.
    fn agreed(&mut self, handle: Handle, now: Instant) {
        let leg = &mut self.legs[handle];
        if let Some(agreed) = leg.dialogue.agreed() {
            leg.outbound.play(leg.source, self.tones, agreed, now);
        }
        if self.needs_the_other_narrowed(handle) {
            let leg = self.legs[handle].id;
            self.events.push_back(Event::Narrowed { leg });
        }
    }

    /// Whether a leg takes G.711 alone while the phone that it hears chooses something else. Browsers go on with what stands losses better: there
    /// is no fax in a browser.
    fn needs_the_other_narrowed(&self, handle: Handle) -> bool {
        let leg = &self.legs[handle];
        let other = self.source_of(leg.id, leg.source).filter(|other| *other != handle);
        let (Some(agreed), Some(other)) = (leg.dialogue.agreed(), other.map(|other| &self.legs[other])) else {
            return false;
        };
        let chosen = other.dialogue.agreed().and_then(|agreed| agreed.formats.chosen());
        matches!(other.transport, Transport::Rtp(_))
            && agreed.direction == Direction::SendRecv
            && agreed.formats.is_g711_alone()
            && chosen.is_some_and(|chosen| agreed.formats.codec(chosen.codec).is_none())
    }

    fn create(&mut self, call: model::CallId, id: LegId, peer: &Peer, now: Instant) -> Result<Handle, Refusal> {
        if self.legs.len() >= self.config.legs_max {
            return Err(Refusal::Full);
        }
        let transport = match peer {
            Peer::Browser { reached } => Transport::WebRtc(Box::new(WebRtc::new(reached, &self.config.addresses))),
            Peer::Phone {
                local,
                signalling,
                srtp,
                trunk,
            } => {
                let place = Place::of(*local, *signalling, *trunk);
                let port = match place {
                    Place::Inside => self.ports.take(),
                    Place::Outside { trunk } => self.ports.take_outside(trunk),
                };
                let local = SocketAddr::new(*local, port.ok_or(Refusal::Full)?);
                let mut rtp = Rtp::new(local, *signalling, *srtp, &mut self.random);
                rtp.advertised = advertised(&self.ports, &self.config.addresses, local, place);
                Transport::Rtp(Box::new(rtp))
            }
        };
        tracing::debug!(%call, leg = %id, "leg created");
        let leg = Leg {
            id,
            call,
            // RFC 8866 asks for numbers that fit 63 bits; some peers keep 32.
            dialogue: Dialogue::new(u64::from(self.random.next_u32() >> 1)),
            transport,
            inbound: Inbound::new(),
            outbound: Outbound::new(self.epoch, &mut self.random),
            clock: self.clock,
            source: Source::Nothing,
            seat: None,
            probe: None,
            listeners: Vec::new(),
            track: None,
            dropped: 0,
            refused: Refused::default(),
            told: Told::default(),
            measure_at: now + MEASURE_INTERVAL,
            scheduled: None,
            connected: false,
            failed: None,
        };
        Ok(self.insert(leg))
    }

    /// Where the peer is now, and what our addresses are now: its next description of ours is written with that.
    fn locate(&mut self, handle: Handle, peer: &Peer) {
        match (&mut self.legs[handle].transport, peer) {
            (Transport::WebRtc(web), Peer::Browser { reached }) => web.locate(reached, &self.config.addresses),
            (
                Transport::Rtp(rtp),
                Peer::Phone {
                    local,
                    signalling,
                    srtp: _,
                    trunk,
                },
            ) => {
                let place = Place::of(*local, *signalling, *trunk);
                rtp.advertised = advertised(&self.ports, &self.config.addresses, rtp.local, place);
            }
            (Transport::WebRtc(_), Peer::Phone { .. }) | (Transport::Rtp(_), Peer::Browser { .. }) => {}
        }
    }

    fn hear(&mut self, handle: Handle, source: Source, now: Instant) {
        let id = self.legs[handle].id;
        self.stop_recital(handle, now);
        if self.legs[handle].source == source {
            return;
        }
        if let (Some(_), Source::Conference { .. }) = (self.legs[handle].seat, source) {
            // Whether it is muted is looked up when the conference is mixed.
            self.legs[handle].source = source;
            return;
        }
        self.leave_conference(handle);
        if let Some(before) = self.source_of(id, self.legs[handle].source) {
            self.legs[before].listeners.retain(|listener| *listener != handle);
        }
        let leg = &mut self.legs[handle];
        leg.source = source;
        leg.outbound.change_source();
        leg.probe = match source {
            Source::Probe => Some(Box::default()),
            Source::Mirror => Some(Box::new(Probe::of(CHECK_TONE_HZ))),
            Source::Nothing
            | Source::Leg(_)
            | Source::Echo
            | Source::RingBack
            | Source::Busy
            | Source::Congestion
            | Source::SpecialInformation
            | Source::Music
            | Source::Prompt
            | Source::Confirmation
            | Source::Rejection
            | Source::Conference { .. } => None,
        };
        if let Some(agreed) = leg.dialogue.agreed() {
            leg.outbound.play(source, self.tones, agreed, now);
        }
        if let Some(after) = self.source_of(id, source) {
            self.legs[after].listeners.push(handle);
        }
        self.enter_conference(handle, now);
    }

    /// The leg that a source stands for, seen from `id`.
    pub(super) fn source_of(&self, id: LegId, source: Source) -> Option<Handle> {
        let leg = match source {
            Source::Leg(leg) => leg,
            Source::Echo | Source::Mirror => id,
            Source::Nothing
            | Source::RingBack
            | Source::Busy
            | Source::Congestion
            | Source::SpecialInformation
            | Source::Music
            | Source::Prompt
            | Source::Confirmation
            | Source::Rejection
            | Source::Probe
            | Source::Conference { .. } => return None,
        };
        self.by_id.get(&leg).copied()
    }

    fn close(&mut self, handle: Handle, now: Instant, outbox: &mut impl Outbox) {
        self.say_goodbye(handle, now, outbox);
        let report = Box::new(self.report(handle, now));
        let leg = self.legs[handle].id;
        self.remove(handle);
        self.events.push_back(Event::Closed { leg, report });
    }

    fn remove(&mut self, handle: Handle) {
        let Departing { leg, .. } = self.take_out(handle);
        tracing::debug!(call = %leg.call, leg = %leg.id, "leg gone");
        if let Some(port) = leg.rtp_port() {
            self.ports.give_back(port);
        }
    }

    /// The leg's ICE credentials may have changed.
    fn rename(&mut self, handle: Handle, before: Option<Box<str>>) {
        let Transport::WebRtc(web) = &self.legs[handle].transport else {
            return;
        };
        if before.as_deref() != web.ufrag() {
            if let Some(before) = before {
                self.by_ufrag.remove(&before);
            }
            if let Some(ufrag) = web.ufrag() {
                self.by_ufrag.insert(ufrag.into(), handle);
            }
        }
    }

    pub(super) fn forget_connection(&mut self, handle: Handle, connection: u64) {
        if let Transport::WebRtc(web) = &mut self.legs[handle].transport {
            web.connection_closed(connection);
        }
    }
}

fn accepts(transport: &Transport, media: &Media) -> bool {
    match transport {
        Transport::WebRtc(_) => WebRtc::accepts(media),
        Transport::Rtp(rtp) => rtp.accepts(media),
    }
}

fn describe_rtp(
    dialogue: &mut Dialogue,
    rtp: &Rtp,
    formats: &Formats,
    direction: Direction,
    protocol: &str,
    crypto: Vec<String>,
) -> String {
    let origin = dialogue.next_origin();
    let transport = write::Transport::Rtp {
        address: rtp.advertised.rtp,
        rtcp_port: rtp.advertised.rtcp_port,
        protocol,
        rtcp_mux: rtp.rtcp_mux(),
        crypto,
    };
    write::description(
        origin,
        dialogue.lines(),
        &write::Audio {
            formats,
            direction,
            transport,
        },
    )
}

/// `offer`: the peer's, when this is to be an answer.
fn describe_web(
    dialogue: &mut Dialogue,
    web: &mut WebRtc,
    formats: &Formats,
    direction: Direction,
    offer: Option<&Media>,
) -> Option<String> {
    let shown = web.presentation(offer.is_none())?;
    let protocol = offer.map_or("UDP/TLS/RTP/SAVPF", |offer| offer.protocol.as_str());
    let bundle = offer.is_none_or(|offer| offer.bundled);
    let origin = dialogue.next_origin();
    let transport = write::WebRtc {
        protocol,
        mid: &shown.mid,
        bundle,
        ufrag: &shown.ufrag,
        password: &shown.password,
        fingerprint: &shown.fingerprint,
        setup: shown.setup,
        candidates: &shown.candidates,
        default: shown.default,
        level_extension: shown.level_extension,
        ssrc: shown.ssrc,
    };
    let audio = write::Audio {
        formats,
        direction,
        transport: write::Transport::WebRtc(&transport),
    };
    Some(write::description(origin, dialogue.lines(), &audio))
}
