//! Copies what the threads count into the figures of `/metrics`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use relay::{Dropped, Refusal};
use tokio::time::interval;

use crate::api::Metrics;
use crate::api::metrics::Kind;
use crate::doctor::Doctor;
use crate::flight::Flights;
use crate::media_io::MediaThreads;
use crate::portal::Portal;
use crate::recording::vault::Vault;
use crate::sip_io::stream::Streams;
use crate::watching::Watching;

const EVERY: Duration = Duration::from_secs(1);

/// Copies once a second. Never returns.
pub(super) async fn publish(
    metrics: Arc<Metrics>,
    streams: Streams,
    media: MediaThreads,
    portal: Arc<Portal>,
    vault: Vault,
    evidence: Evidence,
) {
    let flown = Flown::default();
    metrics.register(|registry| flown.register(registry));
    let spent = Family::<Kind, Counter<f64, AtomicU64>>::default();
    metrics.register(|registry| {
        registry.register(
            "evidence_cpu_seconds",
            "CPU time for what is known of calls and networks, without what media threads count, by what it is for",
            spent.clone(),
        );
    });
    let further = Further::default();
    metrics.register(|registry| {
        registry.register("media_legs", "Legs with media now", further.media_legs.clone());
        registry.register("rtp_ports_free", "Free port pairs of the RTP pool", further.ports_free.clone());
        registry.register(
            "ice_tcp_connections",
            "Connections that carry media: ICE-TCP and TURN",
            further.tcp_connections.clone(),
        );
        registry.register("turn_clients", "TURN clients connected", further.turn_clients.clone());
        registry.register("turn_allocations", "TURN allocations now", further.turn_allocations.clone());
        registry.register("turn_allocated", "TURN allocations made", further.turn_allocated.clone());
        registry.register("turn_bytes", "Bytes relayed, by direction", further.turn_bytes.clone());
        registry.register("turn_refused", "TURN requests refused, by cause", further.turn_refused.clone());
        registry.register(
            "turn_dropped",
            "Packets of and for TURN clients dropped, by cause",
            further.turn_dropped.clone(),
        );
        registry.register(
            "media_thread_panics",
            "Media threads that had to be rebuilt",
            further.panics.clone(),
        );
        registry.register("recordings_bytes", "Bytes of all recordings", further.recordings_bytes.clone());
        registry.register(
            "recordings_running",
            "Calls that are being recorded",
            further.recordings_running.clone(),
        );
        registry.register(
            "recording_packets_dropped",
            "Packets that the recorder had no room for",
            further.recording_dropped.clone(),
        );
        registry.register(
            "recording_failures",
            "Recordings that ended before their call, or did not begin",
            further.recording_failures.clone(),
        );
        registry.register("sip_flows", "SIP connections open", further.flows.clone());
        registry.register(
            "sip_subscriptions",
            "Subscriptions of phones: lamps, presence",
            further.watches.clone(),
        );
        registry.register("sip_suspects", "Peers that sent wrong passwords lately", further.suspects.clone());
    });
    let mut ticks = interval(EVERY);
    loop {
        ticks.tick().await;
        let figures = streams.signalling.figures();
        for (gauge, figure) in [
            (&metrics.calls, &figures.calls),
            (&metrics.legs, &figures.legs),
            (&metrics.dialogs, &figures.dialogs),
            (&metrics.transactions, &figures.transactions),
            (&metrics.registrations, &figures.registrations),
            (&further.flows, &figures.flows),
            (&further.watches, &figures.watches),
            (&further.suspects, &figures.suspects),
        ] {
            copy(gauge, figure);
        }
        further.copy_media(&media);
        further.copy_recordings(&vault);
        flown.copy(&evidence.flights);
        evidence.copy_spent(&spent);
        copy_counters(&metrics, &streams, &media, &portal);
    }
}

/// Who keeps what is known of calls and networks.
pub(super) struct Evidence {
    pub(super) flights: Flights,
    pub(super) watching: Watching,
    pub(super) doctor: Doctor,
}

impl Evidence {
    fn copy_spent(&self, spent: &Family<Kind, Counter<f64, AtomicU64>>) {
        for (kind, part) in [
            ("flights", self.flights.spent()),
            ("watch", self.watching.spent()),
            ("findings", self.doctor.spent()),
        ] {
            let seconds = part.total().as_secs_f64();
            spent
                .get_or_create(&Kind { kind })
                .inner()
                .store(seconds.to_bits(), Ordering::Relaxed);
        }
    }
}

/// How the flight recorder is doing.
#[derive(Default)]
struct Flown {
    running: Gauge,
    written: Gauge,
    lost: Gauge,
    notes_dropped: Gauge,
    packets_dropped: Gauge,
}

impl Flown {
    fn register(&self, registry: &mut Registry) {
        registry.register("flights_running", "Calls that are being recorded as flights", self.running.clone());
        registry.register("flights_written", "Flights that were kept", self.written.clone());
        registry.register(
            "flights_lost",
            "Flights that could not be kept, or for which there was no room",
            self.lost.clone(),
        );
        registry.register(
            "flight_notes_dropped",
            "Notes that the flight recorder had no room for",
            self.notes_dropped.clone(),
        );
        registry.register(
            "capture_packets_dropped",
            "Packets that a capture had no room for",
            self.packets_dropped.clone(),
        );
    }

    fn copy(&self, flights: &Flights) {
        let figures = flights.figures();
        for (gauge, figure) in [
            (&self.running, figures.running as u64),
            (&self.written, figures.written),
            (&self.lost, figures.lost),
            (&self.notes_dropped, figures.dropped),
            (&self.packets_dropped, figures.capture_dropped),
        ] {
            gauge.set(i64::try_from(figure).unwrap_or(i64::MAX));
        }
    }
}

#[derive(Default)]
struct Further {
    media_legs: Gauge,
    ports_free: Gauge,
    tcp_connections: Gauge,
    turn_clients: Gauge,
    turn_allocations: Gauge,
    turn_allocated: Counter,
    turn_bytes: Family<Kind, Counter>,
    turn_refused: Family<Kind, Counter>,
    turn_dropped: Family<Kind, Counter>,
    panics: Gauge,
    recordings_bytes: Gauge,
    recordings_running: Gauge,
    recording_dropped: Counter,
    recording_failures: Counter,
    flows: Gauge,
    watches: Gauge,
    suspects: Gauge,
}

impl Further {
    fn copy_media(&self, media: &MediaThreads) {
        for (gauge, value) in [
            (&self.media_legs, media.sum(|figures| &figures.legs)),
            (&self.ports_free, media.sum(|figures| &figures.ports_free)),
            (&self.tcp_connections, media.sum(|figures| &figures.tcp_connections)),
            (&self.turn_clients, media.sum(|figures| &figures.turn_clients)),
            (&self.turn_allocations, media.allocations() as u64),
            (&self.panics, media.sum(|figures| &figures.panics)),
        ] {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        }
        self.copy_relay(media);
    }

    fn copy_recordings(&self, vault: &Vault) {
        let figures = vault.figures();
        let read = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        let bytes = read(&figures.kept_bytes) + read(&figures.running_bytes);
        for (gauge, value) in [(&self.recordings_bytes, bytes), (&self.recordings_running, read(&figures.running))] {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        }
        self.recording_dropped.inner().store(read(&figures.dropped), Ordering::Relaxed);
        self.recording_failures.inner().store(read(&figures.failures), Ordering::Relaxed);
    }

    fn copy_relay(&self, media: &MediaThreads) {
        let allocated = media.sum(|figures| &figures.relay.allocations);
        self.turn_allocated.inner().store(allocated, Ordering::Relaxed);
        let from = media.sum(|figures| &figures.relay.bytes_from_clients);
        let to = media.sum(|figures| &figures.relay.bytes_to_clients);
        let bytes = [("from_client", from), ("to_client", to)];
        let refused = Refusal::ALL.map(|cause| (cause.name(), media.sum(|figures| figures.relay.refused(cause))));
        let dropped = Dropped::ALL.map(|cause| (cause.name(), media.sum(|figures| figures.relay.dropped(cause))));
        for (family, values) in [
            (&self.turn_bytes, &bytes[..]),
            (&self.turn_refused, &refused),
            (&self.turn_dropped, &dropped),
        ] {
            for (kind, value) in values {
                family.get_or_create(&Kind { kind }).inner().store(*value, Ordering::Relaxed);
            }
        }
    }
}

fn copy(gauge: &Gauge, figure: &AtomicUsize) {
    gauge.set(i64::try_from(figure.load(Ordering::Relaxed)).unwrap_or(i64::MAX));
}

fn copy_counters(metrics: &Metrics, streams: &Streams, media: &MediaThreads, portal: &Portal) {
    let (signals, portals) = (streams.signalling.figures(), &portal.figures);
    let usize = |figure: &AtomicUsize| figure.load(Ordering::Relaxed) as u64;
    let u64 = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
    for (family, kind, value) in [
        (&metrics.media_dropped, "received", media.sum(|figures| &figures.packets_dropped)),
        (&metrics.media_dropped, "tcp_hoarded", media.sum(|figures| &figures.tcp_late)),
        (&metrics.media_dropped, "tcp_too_late", media.sum(|figures| &figures.tcp_left_out)),
        (&metrics.media_dropped, "unsent", media.sum(|figures| &figures.sends_dropped)),
        (&metrics.sip_dropped, "unsent", usize(&signals.dropped)),
        (&metrics.sip_dropped, "refused", usize(&signals.refused)),
        (&metrics.connections, "http", u64(&portals.http)),
        (&metrics.connections, "redirect", u64(&portals.redirect)),
        (&metrics.connections, "ice_tcp", u64(&portals.ice_tcp)),
        (&metrics.connections, "ssl_tcp", u64(&portals.ssl_tcp)),
        (&metrics.connections, "ice_tls", u64(&portals.ice_tls)),
        (&metrics.connections, "turn_tcp", u64(&portals.turn_tcp)),
        (&metrics.connections, "turn_tls", u64(&portals.turn_tls)),
        (&metrics.connections, "failed", u64(&portals.failed)),
        (&metrics.connections_refused, "limit", u64(&portals.refused)),
        (&metrics.connections_refused, "sip_limit", u64(&streams.refused)),
    ] {
        family.get_or_create(&Kind { kind }).inner().store(value, Ordering::Relaxed);
    }
    metrics
        .connections_open
        .set(i64::try_from(portal.limits.open()).unwrap_or(i64::MAX));
}
