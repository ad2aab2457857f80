//! What recorded legs say, on its way from the media threads to the recorder.
//!
//! A media thread neither waits nor allocates for a recording: it copies the packet into a slot that is there already. When the recorder does not
//! keep up, packets are dropped and counted; a dropped packet sounds like one that the network has lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crossbeam_queue::ArrayQueue;
use media::audio::codec::Codec;
use media::engine::Said;
use model::{LegId, Track};

/// The longest payload that is recorded: more than 120 ms of G.711, and the longest frame of Opus.
const PAYLOAD_BYTES_MAX: usize = 1_280;

/// One packet of a leg that is recorded.
#[derive(Clone)]
pub(crate) struct Packet {
    pub(crate) track: Track,
    leg: LegId,
    codec: Codec,
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    marker: bool,
    at: Instant,
    length: u16,
    payload: [u8; PAYLOAD_BYTES_MAX],
}

impl Packet {
    fn new(track: Track, said: &Said<'_>) -> Option<Self> {
        let mut payload = [0; PAYLOAD_BYTES_MAX];
        payload.get_mut(..said.payload.len())?.copy_from_slice(said.payload);
        let Said {
            leg,
            codec,
            ssrc,
            sequence,
            timestamp,
            marker,
            payload: _,
            at,
        } = *said;
        Some(Self {
            track,
            leg,
            codec,
            ssrc,
            sequence,
            timestamp,
            marker,
            at,
            length: u16::try_from(said.payload.len()).ok()?,
            payload,
        })
    }

    /// As the media thread has seen it.
    pub(crate) fn said(&self) -> Said<'_> {
        Said {
            leg: self.leg,
            codec: self.codec,
            ssrc: self.ssrc,
            sequence: self.sequence,
            timestamp: self.timestamp,
            marker: self.marker,
            payload: &self.payload[..usize::from(self.length)],
            at: self.at,
        }
    }
}

struct Shared {
    slots: ArrayQueue<Packet>,
    dropped: AtomicU64,
}

/// The media threads' end: any number of them.
#[derive(Clone)]
pub(crate) struct Tap(Arc<Shared>);

/// The recorder's end.
pub(crate) struct Tapped(Arc<Shared>);

/// A queue of so many packets, about 1.3 KiB each.
pub(crate) fn queue(slots: usize) -> (Tap, Tapped) {
    let shared = Arc::new(Shared {
        slots: ArrayQueue::new(slots),
        dropped: AtomicU64::new(0),
    });
    (Tap(Arc::clone(&shared)), Tapped(shared))
}

impl Tap {
    /// Takes a packet, or counts that there was no room for it. Never waits.
    pub(crate) fn push(&self, track: Track, said: &Said<'_>) {
        let taken = Packet::new(track, said).is_some_and(|packet| self.0.slots.push(packet).is_ok());
        if !taken {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl std::fmt::Debug for Tap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tap").field("waiting", &self.0.slots.len()).finish_non_exhaustive()
    }
}

impl Tapped {
    /// The next packet, those of one leg in the order in which they came. Never waits.
    pub(crate) fn take(&self) -> Option<Packet> {
        self.0.slots.pop()
    }

    /// Packets that there was no room for, since the beginning.
    pub(crate) fn dropped(&self) -> u64 {
        self.0.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use model::{Channel, RecordingId};

    use super::*;

    const TRACK: Track = Track {
        recording: RecordingId(7),
        channel: Channel::Others,
    };

    fn said(leg: u64, sequence: u16, payload: &[u8]) -> Said<'_> {
        Said {
            leg: LegId(leg),
            codec: Codec::Opus,
            ssrc: 1,
            sequence,
            timestamp: u32::from(sequence) * 960,
            marker: sequence == 0,
            payload,
            at: Instant::now(),
        }
    }

    #[test]
    fn a_packet_comes_out_as_it_went_in() {
        let (tap, tapped) = queue(4);
        let payloads = [&[][..], &[1, 2, 3], &[9; PAYLOAD_BYTES_MAX]];
        let at = payloads.map(|payload| {
            let said = said(1, 0, payload);
            tap.push(TRACK, &said);
            said.at
        });
        for (payload, at) in payloads.iter().zip(at) {
            let packet = tapped.take().unwrap();
            assert_eq!(packet.track, TRACK);
            let Said {
                leg,
                codec,
                ssrc,
                sequence,
                timestamp,
                marker,
                payload: came,
                at: came_at,
            } = packet.said();
            assert_eq!(
                (leg, codec, ssrc, sequence, timestamp, marker),
                (LegId(1), Codec::Opus, 1, 0, 0, true)
            );
            assert_eq!((came, came_at), (*payload, at));
        }
        assert!(tapped.take().is_none());
        assert_eq!(tapped.dropped(), 0);
    }

    #[test]
    fn what_has_no_room_is_dropped_and_counted() {
        let (tap, tapped) = queue(2);
        tap.push(TRACK, &said(1, 0, &[0; PAYLOAD_BYTES_MAX + 1]));
        assert_eq!((tapped.dropped(), tapped.take().is_none()), (1, true));
        for sequence in 0..5 {
            tap.push(TRACK, &said(1, sequence, &[0; 160]));
        }
        assert_eq!(tapped.dropped(), 4);
        let sequences = || tapped.take().map(|packet| packet.said().sequence);
        assert_eq!(
            [sequences(), sequences(), sequences()],
            [Some(0), Some(1), None],
            "the earliest are kept"
        );
        tap.push(TRACK, &said(1, 5, &[]));
        assert_eq!(sequences(), Some(5), "there is room again");
    }

    #[test]
    fn several_threads_fill_it_and_each_legs_packets_keep_their_order() {
        const PACKETS: u16 = 2_000;
        let (tap, tapped) = queue(64);
        let producers: Vec<_> = (0..3_u64)
            .map(|leg| {
                let tap = tap.clone();
                std::thread::spawn(move || (0..PACKETS).for_each(|sequence| tap.push(TRACK, &said(leg, sequence, &sequence.to_be_bytes()))))
            })
            .collect();
        let (mut taken, mut latest) = (0, [None; 3]);
        while !producers.iter().all(std::thread::JoinHandle::is_finished) || !tapped.0.slots.is_empty() {
            let Some(packet) = tapped.take() else { continue };
            let said = packet.said();
            assert_eq!(said.payload, said.sequence.to_be_bytes(), "not mixed up");
            let latest = &mut latest[usize::try_from(said.leg.0).unwrap()];
            assert!(*latest < Some(said.sequence));
            *latest = Some(said.sequence);
            taken += 1;
        }
        for producer in producers {
            producer.join().unwrap();
        }
        assert_eq!(taken + tapped.dropped(), 3 * u64::from(PACKETS), "each is taken or counted");
    }
}
