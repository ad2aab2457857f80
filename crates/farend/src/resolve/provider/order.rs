//! Which records come first. Name servers turn the records of a name around with every answer, which means nothing: they are put into an
//! order of their own first.

use std::net::IpAddr;

use hickory_resolver::proto::rr::rdata::{NAPTR, SRV};
use rand::Rng;
use rand::seq::SliceRandom as _;
use sip::Transport;

/// What a NAPTR record leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    pub(super) transport: Transport,
    /// The name of the SRV records.
    pub(super) service: String,
}

/// Those of services that we speak: groups by order, the lowest first, each by preference (RFC 3263 section 4.1, RFC 3403 section 4.1).
pub(super) fn pointers(mut records: Vec<NAPTR>) -> Vec<Vec<Pointer>> {
    records.retain(|record| transport(record).is_some());
    records.sort_by_key(|record| (record.order, record.preference, record.replacement.to_ascii()));
    let groups = records.chunk_by(|one, other| one.order == other.order);
    let pointer = |record: &NAPTR| {
        Some(Pointer {
            transport: transport(record)?,
            service: record.replacement.to_ascii(),
        })
    };
    groups.map(|group| group.iter().filter_map(pointer).collect()).collect()
}

fn transport(record: &NAPTR) -> Option<Transport> {
    // SIP uses the flag "s" alone: SRV records come next, and no expression rewrites the name.
    if !record.flags.eq_ignore_ascii_case(b"s") || !record.regexp.is_empty() {
        return None;
    }
    match record.services.to_ascii_uppercase().as_slice() {
        b"SIP+D2U" => Some(Transport::Udp),
        b"SIP+D2T" => Some(Transport::Tcp),
        b"SIPS+D2T" => Some(Transport::Tls),
        _ => None,
    }
}

/// By priority; within one, by chance in proportion to the weights (RFC 2782).
pub(super) fn services(mut records: Vec<SRV>, random: &mut impl Rng) -> Vec<SRV> {
    records.sort_by_key(|record| (record.priority, record.weight, record.target.to_ascii(), record.port));
    let mut ordered = Vec::with_capacity(records.len());
    for group in records.chunk_by(|one, other| one.priority == other.priority) {
        let mut left = group.to_vec();
        left.shuffle(random);
        // Weight 0 comes first, so that it is chosen only when chance says 0.
        left.sort_by_key(|record| record.weight != 0);
        while !left.is_empty() {
            let sum = left.iter().map(|record| u32::from(record.weight)).sum();
            let chosen = random.random_range(0..=sum);
            let mut running = 0;
            let reached = left.iter().position(|record| {
                running += u32::from(record.weight);
                running >= chosen
            });
            ordered.push(left.remove(reached.expect("the whole sum is reached at the end")));
        }
    }
    ordered
}

/// IPv4 first; within a family by chance, as providers with several addresses of one name expect.
pub(super) fn addresses(mut addresses: Vec<IpAddr>, random: &mut impl Rng) -> Vec<IpAddr> {
    addresses.sort();
    addresses.dedup();
    let first_v6 = addresses.partition_point(IpAddr::is_ipv4);
    let (v4, v6) = addresses.split_at_mut(first_v6);
    v4.shuffle(random);
    v6.shuffle(random);
    addresses
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hickory_resolver::proto::rr::Name;
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;

    fn service(priority: u16, weight: u16, host: &str) -> SRV {
        SRV::new(priority, weight, 5060, Name::from_ascii(host).unwrap())
    }

    fn hosts(records: Vec<SRV>, seed: u64) -> Vec<String> {
        let ordered = services(records, &mut StdRng::seed_from_u64(seed));
        ordered.iter().map(|record| record.target.to_ascii()).collect()
    }

    #[test]
    fn priorities_hold_and_weights_count_over_a_thousand_seeds() {
        let records = vec![
            service(20, 0, "last."),
            service(10, 60, "often."),
            service(10, 0, "hardly."),
            service(10, 20, "some."),
            service(10, 20, "times."),
        ];
        let mut first = BTreeMap::<String, u32>::new();
        for seed in 0..1_000 {
            let ordered = hosts(records.clone(), seed);
            assert_eq!(ordered[4], "last.");
            *first.entry(ordered[0].clone()).or_default() += 1;
        }
        let times = |host: &str| first.get(host).copied().unwrap_or(0);
        assert!((550..650).contains(&times("often.")), "{first:?}");
        assert!((160..240).contains(&times("some.")), "{first:?}");
        assert!((160..240).contains(&times("times.")), "{first:?}");
        assert!((1..30).contains(&times("hardly.")), "{first:?}");
    }

    #[test]
    fn servers_without_weights_share_the_load() {
        let records = vec![service(1, 0, "a."), service(1, 0, "b.")];
        let first = (0..1_000).filter(|seed| hosts(records.clone(), *seed) == ["a.", "b."]).count();
        assert!((430..570).contains(&first), "{first}");
    }

    #[test]
    fn the_order_of_the_answer_means_nothing() {
        let mut records = vec![service(1, 5, "a."), service(1, 5, "b."), service(1, 5, "c.")];
        let mut ips: Vec<IpAddr> = ["192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"]
            .map(|ip| ip.parse().unwrap())
            .into();
        for seed in 0..20 {
            let before = (
                hosts(records.clone(), seed),
                addresses(ips.clone(), &mut StdRng::seed_from_u64(seed)),
            );
            records.rotate_left(1);
            ips.rotate_left(1);
            let after = (
                hosts(records.clone(), seed),
                addresses(ips.clone(), &mut StdRng::seed_from_u64(seed)),
            );
            assert_eq!(before, after);
            assert!(after.1[3].is_ipv6());
        }
    }

    #[test]
    fn pointers_go_by_order_and_preference_and_what_we_do_not_speak_is_passed_over() {
        let record = |order, preference, flags: &str, services: &str, to: &str| {
            let bytes = |text: &str| text.as_bytes().into();
            NAPTR::new(
                order,
                preference,
                bytes(flags),
                bytes(services),
                bytes(""),
                Name::from_ascii(to).unwrap(),
            )
        };
        let found = pointers(vec![
            record(20, 1, "s", "SIP+D2U", "_sip._udp.example.com."),
            record(10, 2, "S", "sip+d2t", "_sip._tcp.example.com."),
            record(10, 1, "s", "SIPS+D2T", "_sips._tcp.example.com."),
            record(5, 1, "s", "SIP+D2S", "_sip._sctp.example.com."),
            record(5, 1, "u", "E2U+sip", "example.com."),
            record(5, 1, "a", "SIP+D2U", "sip.example.com."),
        ]);
        let pointer = |transport, service: &str| Pointer {
            transport,
            service: service.to_owned(),
        };
        assert_eq!(
            found,
            [
                vec![
                    pointer(Transport::Tls, "_sips._tcp.example.com."),
                    pointer(Transport::Tcp, "_sip._tcp.example.com.")
                ],
                vec![pointer(Transport::Udp, "_sip._udp.example.com.")]
            ]
        );
    }
}
