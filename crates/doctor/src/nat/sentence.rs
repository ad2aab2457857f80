//! A verdict in a sentence for people: what is, and what to do where something is to be done.

use std::fmt;
use std::net::IpAddr;

use super::{Dependence, Reason, Verdict};

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Reason::NobodyAsked => f.write_str("No STUN server could be asked: name one with --stun.")?,
            Reason::NoRoute => f.write_str("This computer has no way to any of the STUN servers: check its network.")?,
            Reason::AllSilent { servers, by_tcp } => silent(f, servers, by_tcp)?,
            Reason::OnlyServerSilent => f.write_str(
                "The only STUN server that was asked does not answer: it may be down, or UDP may be blocked; name a second one to find out.",
            )?,
            Reason::Refused => f.write_str("No STUN server answers, and one refuses: check name and port of the servers.")?,
            Reason::NoNat => write!(f, "No NAT: this computer has the address {}{}.", Addresses(&self.public_addresses), self.firewall())?,
            Reason::SeenAlike { destinations } => write!(
                f,
                "No symmetric NAT: {} destinations see the same address and port{}{}, so audio finds its way over UDP.",
                number(destinations),
                self.at(),
                self.cone()
            )?,
            Reason::SeenDifferently => write!(
                f,
                "Symmetric NAT: every destination sees another port{}, so audio between two such networks finds no way over UDP; \
                 let the router keep the source ports 1024-65535 of outgoing UDP unchanged. Calls through farend use TCP 8802 meanwhile.",
                self.at()
            )?,
            Reason::OneDestination => write!(
                f,
                "A NAT whose kind is not known: only one destination has answered{}; name a second STUN server, on another host.",
                self.at()
            )?,
            Reason::OneHost => write!(
                f,
                "A NAT whose kind is not known: all that have answered are ports of one host, and see the same{}; name a second STUN server, \
                 on another host.",
                self.at()
            )?,
            Reason::SeveralWays => write!(
                f,
                "Servers see different public addresses ({}): there is more than one way to the internet, so what one server sees \
                 need not be true for others.",
                Addresses(&self.public_addresses)
            )?,
            Reason::Unsteady => write!(f, "The public address or port has changed while it was being looked at{}; try again.", self.at())?,
        }
        self.remarks(f)
    }
}

fn silent(f: &mut fmt::Formatter<'_>, servers: usize, by_tcp: bool) -> fmt::Result {
    let who = match servers {
        1 => "The STUN server does not answer".to_owned(),
        _ => format!("None of {} STUN servers answers", number(servers)),
    };
    let how = if by_tcp {
        "though TCP gets there: UDP is blocked on the way, by a firewall or the provider"
    } else {
        "and TCP does not get there either: UDP is blocked, or there is no way to the internet at all"
    };
    write!(f, "{who} over UDP, {how}. Calls through farend use TCP 8802.")
}

impl Verdict {
    /// Our address, where it is one alone.
    fn at(&self) -> String {
        match self.public_addresses[..] {
            [public] => format!(" ({public})"),
            _ => String::new(),
        }
    }

    fn firewall(&self) -> &'static str {
        match self.filtering {
            Dependence::EndpointIndependent => ", and everybody gets in",
            Dependence::AddressDependent | Dependence::AddressAndPortDependent => ", behind a firewall that lets in answers only",
            Dependence::Unknown => "",
        }
    }

    fn cone(&self) -> &'static str {
        match self.filtering {
            Dependence::EndpointIndependent => " and everybody gets in (full cone)",
            Dependence::AddressDependent => " and whom was sent to gets in (address-restricted cone)",
            Dependence::AddressAndPortDependent => " and only what was sent to gets in (port-restricted cone)",
            Dependence::Unknown => "",
        }
    }

    fn remarks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_altered {
            f.write_str(" A router on the way rewrites addresses inside of packets: switch off its SIP ALG.")?;
        }
        if self.reason != Reason::NoNat && self.public_addresses.iter().any(|ip| is_private(*ip)) {
            f.write_str(" The address that was seen is a private one: the servers that were asked are not on the internet.")?;
        }
        Ok(())
    }
}

/// Addresses with commas between them.
struct Addresses<'a>(&'a [IpAddr]);

impl fmt::Display for Addresses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, address) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{address}")?;
        }
        Ok(())
    }
}

fn number(count: usize) -> String {
    let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    words.get(count).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || (ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64)
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_loopback(),
    }
}
