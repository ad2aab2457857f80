//! The routers' rules, as text for `nft`.
//!
//! Linux translates UDP as a port-restricted cone by itself: it keeps the inside port, reuses the mapping for every destination, and lets in
//! only what answers. The other kinds are made of that. A packet that nobody expects must be dropped before the router takes it for its own:
//! otherwise its connection would be remembered, and the mapping towards its sender would have to get another port.

use std::net::Ipv4Addr;

use super::addresses::{STUN_ONE, STUN_TWO};
use super::nat::Nat;

/// One router, which has an interface `lan` and one or more towards the internet.
#[derive(Debug)]
pub(super) struct Router {
    pub(super) nat: Nat,
    /// The interfaces towards the internet.
    pub(super) outside: &'static str,
    /// The TCP port that is forwarded, and where to.
    pub(super) forward: Option<(u16, Ipv4Addr)>,
    /// Whether hosts inside reach each other by public addresses; then the router's own public address.
    pub(super) hairpin: Option<Ipv4Addr>,
    /// What passes at all.
    pub(super) passage: Passage,
}

/// What a router lets out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// Whatever its [`Nat`] does.
    ByNat,
    /// Nothing: a proxy on the router itself is the only way out.
    ProxyAt(u16),
}

impl Router {
    pub(super) fn rules(&self) -> String {
        let (translations, mapped, forwarded) = (self.translations(), self.mappings_inbound(), self.forwarding());
        let (input, passage) = match self.passage {
            Passage::ByNat => (String::new(), self.passing()),
            // Who asks for names is told at once that nobody knows them.
            Passage::ProxyAt(port) => (
                format!("iifname lan tcp dport {port} accept"),
                "iifname lan udp dport 53 reject".to_owned(),
            ),
        };
        let outside = self.outside;
        format!(
            "table ip router {{
               map mapped {{ type inet_service : ipv4_addr . inet_service; }}
               set heard {{ type inet_service . ipv4_addr; }}
               chain arriving {{ type nat hook prerouting priority dstnat; {forwarded} {mapped} }}
               chain leaving {{ type nat hook postrouting priority srcnat; {translations} }}
               chain learning {{ type filter hook postrouting priority 350;
                 oifname {outside} ct direction original meta l4proto udp add @mapped {{ udp sport : ct original ip saddr . ct original proto-src }}
                 oifname {outside} meta l4proto udp add @heard {{ udp sport . ip daddr }}
               }}
               chain own {{ type filter hook input priority filter; policy drop; ct state established,related accept; iifname lan meta l4proto icmp accept; {input}; }}
               chain passing {{ type filter hook forward priority filter; policy drop; {passage}; }}
             }}"
        )
    }

    fn forwarding(&self) -> String {
        let Some((port, host)) = self.forward else {
            return String::new();
        };
        let hairpin = self
            .hairpin
            .map(|address| format!("iifname lan ip daddr {address} tcp dport {port} dnat to {host}"))
            .unwrap_or_default();
        format!(
            "iifname {outside} tcp dport {port} dnat to {host}; {hairpin};",
            outside = self.outside
        )
    }

    /// Lets in what the kind of router lets in beyond answers.
    fn mappings_inbound(&self) -> String {
        let outside = self.outside;
        let inbound = match self.nat {
            Nat::FullCone => format!("iifname {outside} meta l4proto udp dnat ip to udp dport map @mapped;"),
            Nat::AddressRestricted => {
                format!("iifname {outside} udp dport . ip saddr @heard dnat ip to udp dport map @mapped;")
            }
            Nat::Open | Nat::PortRestricted | Nat::Remapping | Nat::Symmetric | Nat::Trap | Nat::UdpBlocked => String::new(),
        };
        let hairpin = self
            .hairpin
            .map(|address| format!("iifname lan ip daddr {address} meta l4proto udp dnat ip to udp dport map @mapped;"))
            .unwrap_or_default();
        inbound + &hairpin
    }

    fn translations(&self) -> String {
        let outside = self.outside;
        let udp = match self.nat {
            // The host with the public address goes out as it is; the others share the router's own.
            Nat::Open => return format!("oifname {outside} ip saddr 192.168.0.0/16 masquerade;"),
            Nat::FullCone | Nat::AddressRestricted | Nat::PortRestricted | Nat::UdpBlocked => String::new(),
            Nat::Remapping => format!("oifname {outside} meta l4proto udp masquerade to :udp sport ^ 0x0fff;"),
            Nat::Symmetric => format!("oifname {outside} meta l4proto udp masquerade fully-random;"),
            Nat::Trap => {
                format!("oifname {outside} meta l4proto udp ip daddr != {{ {STUN_ONE}, {STUN_TWO} }} masquerade fully-random;")
            }
        };
        let hairpin = self
            .hairpin
            .map(|address| format!("iifname lan oifname lan ct status dnat snat to {address};"))
            .unwrap_or_default();
        format!("{udp} oifname {outside} masquerade; {hairpin}")
    }

    fn passing(&self) -> String {
        let outside = self.outside;
        let out = match self.nat {
            Nat::Open => "accept".to_owned(),
            Nat::FullCone | Nat::AddressRestricted | Nat::PortRestricted | Nat::Remapping | Nat::Symmetric | Nat::Trap => {
                format!("iifname lan oifname {outside} accept")
            }
            Nat::UdpBlocked => {
                format!("iifname lan oifname {outside} tcp dport {{ 80, 443, 8802 }} accept")
            }
        };
        // What had passed before UDP was blocked stops too. nft 1.0.6 would make one wrong comparison of two ports that are not to be equal.
        let blocked = if self.nat == Nat::UdpBlocked {
            "udp dport 53 accept; udp sport 53 accept; meta l4proto udp drop;"
        } else {
            ""
        };
        // A connection that the router has forgotten is reset, so that nobody waits for it.
        format!(
            "{blocked} meta l4proto tcp ct state invalid reject with tcp reset; ct state established,related accept; ct status dnat accept; {out};"
        )
    }
}
