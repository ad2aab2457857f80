//! Can two full ICE agents make a pair over UDP (RFC 8445)? What must come out, reasoned from the behaviours of RFC 4787 alone.
//!
//! Both sides send checks to the address that the other side's STUN server saw. One check that arrives is enough: its receiver answers to where
//! it came from, which a router that has let out checks to the other side's address lets in, or which it now knows (a peer-reflexive
//! candidate).

use super::nat::{Behaviour, Filtering, Home, Mapping, Nat, Office};

/// One side, seen from the internet.
#[derive(Clone, Copy, Debug)]
struct Side {
    behaviour: Behaviour,
    /// Whether its packets to the other side leave by the router whose address STUN saw.
    leaves_where_seen: bool,
}

/// Whether UDP has to be possible between a home and an office.
pub fn udp_is_possible(home: Home, office: Office) -> bool {
    if home == Home::Lan {
        return true;
    }
    let (Some(home), Some(office)) = (home_side(home), office_side(office)) else {
        return false;
    };
    check_arrives(home, office) || check_arrives(office, home)
}

fn home_side(home: Home) -> Option<Side> {
    let behaviour = match home {
        Home::Behind(nat) => nat.behaviour()?,
        Home::Carrier(nat) => Nat::PortRestricted.behaviour()?.then(nat.behaviour()?),
        Home::Lan | Home::ConnectProxyOnly | Home::TlsOnly => return None,
    };
    Some(Side {
        behaviour,
        leaves_where_seen: true,
    })
}

fn office_side(office: Office) -> Option<Side> {
    let (nat, leaves_where_seen) = match office {
        Office::Behind(nat) => (nat, true),
        Office::StunOverSecondRouter => (Nat::PortRestricted, false),
        Office::ServerWithWan => (Nat::Open, true),
    };
    Some(Side {
        behaviour: nat.behaviour()?,
        leaves_where_seen,
    })
}

/// Whether a check arrives that is sent to what STUN saw of the receiver, while the receiver sends to what STUN saw of the sender.
fn check_arrives(sender: Side, receiver: Side) -> bool {
    // Otherwise the port that STUN saw leads nowhere, or its answer would come from elsewhere, which is no answer (RFC 8445, 7.2.5.2.1).
    if receiver.behaviour.mapping != Mapping::EndpointIndependent || !receiver.leaves_where_seen {
        return false;
    }
    match receiver.behaviour.filtering {
        Filtering::EndpointIndependent => true,
        Filtering::AddressDependent => sender.leaves_where_seen,
        Filtering::AddressAndPortDependent => sender.leaves_where_seen && sender.behaviour.mapping == Mapping::EndpointIndependent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONES: [Nat; 4] = [Nat::FullCone, Nat::AddressRestricted, Nat::PortRestricted, Nat::Remapping];

    fn possible(home: impl Into<Home>, office: impl Into<Office>) -> bool {
        udp_is_possible(home.into(), office.into())
    }

    #[test]
    fn cones_reach_each_other() {
        for home in CONES {
            for office in CONES {
                assert!(possible(home, office), "{home} × {office}");
            }
            assert!(udp_is_possible(Home::Carrier(Nat::PortRestricted), home.into()));
        }
    }

    #[test]
    fn a_symmetric_router_reaches_those_that_do_not_look_at_ports() {
        for other in [Nat::FullCone, Nat::AddressRestricted] {
            assert!(possible(Nat::Symmetric, other), "{other}");
            assert!(possible(other, Nat::Symmetric), "{other}");
            assert!(udp_is_possible(Home::Carrier(Nat::Symmetric), other.into()), "{other}");
        }
    }

    #[test]
    fn a_symmetric_router_reaches_no_port_restricted_one_and_no_other_symmetric_one() {
        for other in [Nat::PortRestricted, Nat::Remapping, Nat::Symmetric] {
            assert!(!possible(Nat::Symmetric, other), "{other}");
            assert!(!possible(other, Nat::Symmetric), "{other}");
            assert!(!udp_is_possible(Home::Carrier(Nat::Symmetric), other.into()), "{other}");
        }
    }

    #[test]
    fn nothing_passes_where_udp_is_blocked_but_on_the_lan() {
        for other in [Nat::Open, Nat::FullCone, Nat::Symmetric, Nat::UdpBlocked] {
            assert!(!possible(Nat::UdpBlocked, other), "{other}");
            assert!(!possible(other, Nat::UdpBlocked), "{other}");
        }
        for home in [Home::ConnectProxyOnly, Home::TlsOnly] {
            assert!(!udp_is_possible(home, Office::ServerWithWan));
        }
        assert!(possible(Home::Lan, Nat::UdpBlocked));
    }

    #[test]
    fn a_server_on_the_internet_is_reached_from_behind_every_router() {
        for home in CONES.into_iter().chain([Nat::Open, Nat::Symmetric]) {
            assert!(udp_is_possible(home.into(), Office::ServerWithWan), "{home}");
        }
        assert!(udp_is_possible(Home::Carrier(Nat::Symmetric), Office::ServerWithWan));
    }

    #[test]
    fn what_stun_saw_of_another_router_helps_only_towards_those_that_let_everybody_in() {
        for (home, expected) in [
            (Nat::Open, true),
            (Nat::FullCone, true),
            (Nat::AddressRestricted, false),
            (Nat::PortRestricted, false),
            (Nat::Symmetric, false),
        ] {
            assert_eq!(udp_is_possible(home.into(), Office::StunOverSecondRouter), expected, "{home}");
        }
        assert!(udp_is_possible(Home::Lan, Office::StunOverSecondRouter));
    }

    #[test]
    fn of_two_routers_in_a_row_the_stricter_one_decides() {
        let behaviour = |nat: Nat| nat.behaviour().unwrap();
        for outer in CONES {
            let both = behaviour(Nat::PortRestricted).then(behaviour(outer));
            assert_eq!(both, behaviour(Nat::PortRestricted), "{outer}");
        }
        assert_eq!(
            behaviour(Nat::Symmetric).then(behaviour(Nat::FullCone)).mapping,
            Mapping::AddressAndPortDependent
        );
    }
}
