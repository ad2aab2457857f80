//! Packets on their way: whose they are, what they mean, who hears them.

use std::time::Instant;

use model::control::{Event, Source};

use super::{Arrival, Engine, Outbox, Path, local_ufrag};
use crate::bridge::{Heard, LeftOut, Wire, redundancy};
use crate::dtmf::Press;
use crate::leg::inbound::Came;
use crate::leg::rtp::{Arrived, Dropped};
use crate::leg::{Handle, Leg, Payload, Transport};
use crate::sdp::negotiate::{Meaning, talks};

/// The static payload type of comfort noise (RFC 3389 section 4): phones send it whether it was agreed upon or not.
const COMFORT_NOISE: u8 = 13;

impl Engine {
    pub(super) fn take_packet(&mut self, arrival: Arrival, data: &mut [u8], now: Instant, outbox: &mut impl Outbox) {
        match arrival.path {
            Path::Udp | Path::Tcp { .. } | Path::Relayed { .. } => {
                let Some(handle) = self.leg_on_the_one_port(&arrival, data) else {
                    return;
                };
                if outbox.is_watching() {
                    outbox.witness(self.legs[handle].id, &arrival, data);
                }
                self.take_web_packet(handle, arrival, data, now, outbox);
            }
            Path::Rtp { port } => {
                let Some(handle) = self.by_port.get(&(port & !1)).copied() else {
                    self.counters.unused_port += 1;
                    return;
                };
                if outbox.is_watching() {
                    outbox.witness(self.legs[handle].id, &arrival, data);
                }
                self.take_rtp_packet(handle, port, arrival, data, now, outbox);
            }
        }
    }

    /// A STUN request that knows its leg's password binds the address it came from to that leg; everything else goes by that
    /// address. Counts what is nobody's.
    fn leg_on_the_one_port(&mut self, arrival: &Arrival, data: &[u8]) -> Option<Handle> {
        let bound = match arrival.path {
            Path::Tcp { connection } | Path::Relayed { connection } => self.by_connection.get(&connection).copied(),
            Path::Udp | Path::Rtp { .. } => self.by_source.get(&arrival.source).copied(),
        };
        let named = local_ufrag(data).and_then(|ufrag| self.by_ufrag.get(ufrag)).copied();
        let Some(handle) = named.filter(|named| bound != Some(*named)) else {
            self.counters.unknown_source += u64::from(bound.is_none());
            return bound;
        };
        let Transport::WebRtc(web) = &mut self.legs[handle].transport else {
            return None;
        };
        if !web.authenticates(data, &self.identity) {
            self.counters.unauthenticated += 1;
            return None;
        }
        match arrival.path {
            Path::Tcp { connection } | Path::Relayed { connection } => {
                self.by_connection.insert(connection, handle);
            }
            Path::Udp | Path::Rtp { .. } => {
                self.by_source.insert(arrival.source, handle);
                if let Some(oldest) = web.bind(arrival.source)
                    && self.by_source.get(&oldest) == Some(&handle)
                {
                    self.by_source.remove(&oldest);
                }
            }
        }
        Some(handle)
    }

    fn take_web_packet(&mut self, handle: Handle, arrival: Arrival, data: &[u8], now: Instant, outbox: &mut impl Outbox) {
        let mut received = std::mem::take(&mut self.received);
        let mut is_taken = Ok(());
        if let Transport::WebRtc(web) = &mut self.legs[handle].transport {
            is_taken = web.receive(arrival, data, now, &mut received, outbox);
            // What str0m cannot decrypt it drops without a word.
            if is_taken.is_ok() && received.is_empty() && web.is_ready() {
                self.count_untaken(handle, data);
            }
        }
        match is_taken {
            Ok(()) => self.legs[handle].told.heard(now),
            Err(dropped) => self.drop_packet(handle, dropped),
        }
        self.pass_on(handle, &mut received, now, outbox);
        self.received = received;
        self.settle(handle, now);
    }

    /// RTP of a browser of which nothing has come out.
    fn count_untaken(&mut self, handle: Handle, data: &[u8]) {
        let is_rtp = matches!(data.first(), Some(128..=191)) && !crate::rtp::is_rtcp(data);
        let (true, Some(payload_type)) = (is_rtp, data.get(1)) else {
            return;
        };
        let leg = &mut self.legs[handle];
        let is_known = leg
            .dialogue
            .agreed()
            .is_some_and(|agreed| agreed.formats.meaning(payload_type & 0x7f).is_some());
        leg.refused.undecryptable += u64::from(is_known);
        leg.refused.unknown_format += u64::from(!is_known);
    }

    /// What str0m decrypted goes to who hears it. Leaves `received` empty.
    pub(super) fn pass_on(&mut self, handle: Handle, received: &mut Vec<str0m::rtp::RtpPacket>, now: Instant, outbox: &mut impl Outbox) {
        let by_stream = matches!(&self.legs[handle].transport, Transport::WebRtc(web) if web.heard_by_stream);
        for packet in received.drain(..) {
            let came = Came {
                payload_type: *packet.header.payload_type,
                marker: packet.header.marker,
                sequence: packet.header.sequence_number,
                timestamp: packet.header.timestamp,
                ssrc: *packet.header.ssrc,
                payload: Payload {
                    bytes: &packet.payload,
                    shared: Some(&packet.payload),
                },
                level_dbov: packet.header.ext_vals.audio_level,
                by_stream,
            };
            self.rtp_came(handle, &came, now, outbox);
        }
    }

    fn take_rtp_packet(&mut self, handle: Handle, port: u16, arrival: Arrival, data: &mut [u8], now: Instant, outbox: &mut impl Outbox) {
        let Leg {
            transport, dialogue, told, ..
        } = &mut self.legs[handle];
        let Transport::Rtp(rtp) = transport else { return };
        let negotiated = |payload_type| {
            dialogue
                .agreed()
                .is_some_and(|agreed| agreed.formats.meaning(payload_type).is_some())
        };
        match rtp.receive(port, arrival.source, data, negotiated, now) {
            Ok(Arrived::Rtp(packet)) => {
                told.heard(now);
                rtp.begin_reports(now, &mut self.random);
                let came = Came {
                    payload_type: packet.payload_type,
                    marker: packet.marker,
                    sequence: packet.sequence,
                    timestamp: packet.timestamp,
                    ssrc: packet.ssrc,
                    payload: Payload::from(&data[packet.start..packet.end]),
                    level_dbov: None,
                    by_stream: false,
                };
                self.rtp_came(handle, &came, now, outbox);
            }
            Ok(Arrived::Rtcp(length)) => self.take_reports(handle, &data[..length], now),
            Err(dropped) => self.drop_packet(handle, dropped),
        }
        self.settle(handle, now);
    }

    fn drop_packet(&mut self, handle: Handle, dropped: Dropped) {
        let Leg { dropped: all, refused, .. } = &mut self.legs[handle];
        *all += 1;
        let (of_leg, of_all) = match dropped {
            Dropped::Stranger => (&mut refused.stranger, &mut self.counters.stranger),
            Dropped::Malformed => (&mut refused.malformed, &mut self.counters.malformed),
            Dropped::Unauthenticated => (&mut refused.undecryptable, &mut self.counters.unauthenticated),
        };
        *of_leg += 1;
        *of_all += 1;
    }

    /// One RTP packet of a leg.
    fn rtp_came(&mut self, handle: Handle, came: &Came<'_>, now: Instant, outbox: &mut impl Outbox) {
        let Leg {
            id,
            dialogue,
            inbound,
            probe,
            refused,
            ..
        } = &mut self.legs[handle];
        let (id, Some(agreed)) = (*id, dialogue.agreed()) else { return };
        let talking = talks(agreed.direction);
        match agreed.formats.meaning(came.payload_type) {
            Some(Meaning::Audio(codec)) => {
                let is_in_time = inbound.audio(codec, came, now);
                self.counters.late += u64::from(!is_in_time);
                refused.late += u64::from(!is_in_time);
                let heard = probe.as_mut().and_then(|probe| probe.hear(codec, came.payload.bytes));
                if let Some(heard) = heard {
                    self.events.push_back(Event::Listened { leg: id, heard });
                }
                let (is_key, press) = if agreed.formats.events.is_empty() {
                    inbound.listen_for_keys(codec, came.payload.bytes)
                } else {
                    (false, None)
                };
                // Its tones are passed on as they are: nobody has to play it anew.
                if let Some(Press::Ended(digit, duration_ms)) = press {
                    let event = Event::DigitReceived {
                        leg: id,
                        digit,
                        duration_ms,
                    };
                    self.events.push_back(event);
                }
                if talking && is_in_time {
                    let said = if is_key { &[] } else { came.payload.bytes };
                    self.record(handle, codec, came, said, now, outbox);
                    self.speak(handle, codec, came, is_key, now);
                    let heard = Heard {
                        from: id,
                        codec,
                        ssrc: came.ssrc,
                        sequence: came.sequence,
                        timestamp: came.timestamp,
                        marker: came.marker,
                        payload: came.payload,
                    };
                    self.for_listeners(
                        handle,
                        |leg, wire| {
                            if let Some(agreed) = leg.dialogue.agreed() {
                                leg.outbound.hear(&heard, agreed, wire);
                            }
                        },
                        now,
                        outbox,
                    );
                }
                if heard.is_some() && self.legs[handle].source == Source::Mirror {
                    self.measured(handle, now);
                }
            }
            Some(Meaning::Event(clock)) => {
                let news = inbound.event(clock, came, now);
                self.skip(handle, came, now, outbox);
                match news {
                    Some(news) => {
                        for press in news.into_iter().flatten() {
                            self.pressed(handle, press, now, outbox);
                        }
                    }
                    None => self.drop_packet(handle, Dropped::Malformed),
                }
            }
            Some(Meaning::Redundant) => match redundancy::newest(came.payload.bytes) {
                // A block is no packet of blocks.
                Some((payload_type, block)) if agreed.formats.meaning(payload_type) != Some(Meaning::Redundant) => {
                    let newest = Came {
                        payload_type,
                        payload: block.into(),
                        ..*came
                    };
                    self.rtp_came(handle, &newest, now, outbox);
                }
                Some(_) | None => {
                    self.skip(handle, came, now, outbox);
                    self.drop_packet(handle, Dropped::Malformed);
                }
            },
            None => {
                if came.payload_type == COMFORT_NOISE {
                    inbound.comfort_noise(came, now);
                } else {
                    refused.unknown_format += 1;
                }
                self.counters.unknown_payload_type += 1;
                self.skip(handle, came, now, outbox);
            }
        }
    }

    /// A packet of the stream is not passed on; those who relay it must not see a loss.
    fn skip(&mut self, handle: Handle, came: &Came<'_>, now: Instant, outbox: &mut impl Outbox) {
        let Came {
            ssrc,
            sequence,
            timestamp,
            marker,
            ..
        } = *came;
        let left_out = LeftOut {
            from: self.legs[handle].id,
            ssrc,
            sequence,
            timestamp,
            marker,
        };
        self.skip_in_conference(handle, &left_out, now);
        if let Some(codec) = self.legs[handle].inbound.codec() {
            self.record(handle, codec, came, &[], now, outbox);
        }
        self.for_listeners(handle, |leg, wire| leg.outbound.skip(&left_out, wire.now), now, outbox);
    }

    /// A key went down or up on a leg.
    pub(super) fn pressed(&mut self, handle: Handle, press: Press, now: Instant, outbox: &mut impl Outbox) {
        if let Press::Ended(digit, duration_ms) = press {
            self.events.push_back(Event::DigitReceived {
                leg: self.legs[handle].id,
                digit,
                duration_ms,
            });
        }
        self.for_listeners(handle, |leg, wire| leg.outbound.follow(press, wire.now), now, outbox);
    }

    /// Does something with every leg that hears this one.
    fn for_listeners<O: Outbox>(
        &mut self,
        handle: Handle,
        mut each: impl FnMut(&mut Split<'_>, &mut Wire<'_, O>),
        now: Instant,
        outbox: &mut O,
    ) {
        // What a leg's str0m finds while it sends was found by nobody else's packet: there is nothing, ever.
        let mut none = Vec::new();
        for index in 0..self.legs[handle].listeners.len() {
            let listener = self.legs[handle].listeners[index];
            let leg = &mut self.legs[listener];
            let mut wire = Wire {
                transport: &mut leg.transport,
                now,
                received: &mut none,
                outbox,
            };
            each(
                &mut Split {
                    dialogue: &leg.dialogue,
                    outbound: &mut leg.outbound,
                },
                &mut wire,
            );
            self.timers.schedule(&mut self.legs[listener]);
        }
    }
}

/// The parts of a leg that its wire leaves free.
struct Split<'a> {
    dialogue: &'a crate::leg::dialogue::Dialogue,
    outbound: &'a mut crate::bridge::Outbound,
}
