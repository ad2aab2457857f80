//! Who has which address. 198.51.100.0/24 stands for the internet (RFC 5737), 100.64.0.0/24 lies behind a carrier's router (RFC 6598). All of IPv6
//! is in 2001:db8::/32 (RFC 3849).

use std::net::{Ipv4Addr, Ipv6Addr};

/// The internet's own host: default gateway of everybody who is on line.
pub const INTERNET: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
/// The first STUN server, with the behaviour discovery of RFC 5780.
pub const STUN_ONE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 10);
/// The first STUN server's other address.
pub const STUN_ONE_OTHER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 11);
/// The second STUN server, independent of the first one.
pub const STUN_TWO: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 20);
/// The name server of everybody.
pub const NAME_SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 53);
/// The ITSP, or any SIP peer on the internet.
pub const ITSP: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 60);
/// The ITSP's second server.
pub const ITSP_SECOND: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 61);
/// Who is called by way of the ITSP, and calls by it.
pub const WORLD: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 62);

/// The office's router, as the internet sees it.
pub const OFFICE_PUBLIC: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 2);
/// The office router's address after it has changed.
pub const OFFICE_PUBLIC_CHANGED: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 6);
/// The office's second router, as the internet sees it.
pub const SECOND_ROUTER_PUBLIC: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 3);
/// The server's interface on the internet, where it has one.
pub const SERVER_WAN: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 5);
/// The home's router, as the internet sees it.
pub const HOME_PUBLIC: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 100);
/// The home router's address after it has changed.
pub const HOME_PUBLIC_CHANGED: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 101);
/// The carrier's router, as the internet sees it.
pub const CARRIER_PUBLIC: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 110);

/// The office's router on the LAN.
pub const OFFICE_ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 10, 1);
/// The office's second router on the LAN.
pub const SECOND_ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 10, 2);
/// The server on the LAN.
pub const SERVER: Ipv4Addr = Ipv4Addr::new(192, 168, 10, 10);
/// The desk phone.
pub const DESK_PHONE: Ipv4Addr = Ipv4Addr::new(192, 168, 10, 20);
/// The PC in the office.
pub const OFFICE_PC: Ipv4Addr = Ipv4Addr::new(192, 168, 10, 30);

/// The home's router inside; the proxy of [`super::Home::ConnectProxyOnly`] listens here.
pub const HOME_ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);
/// The PC at home.
pub const HOME_PC: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 50);

/// The server in the tunnel.
pub const SERVER_VPN: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 1);
/// The PC at home in the tunnel.
pub const HOME_PC_VPN: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 2);

/// The mobile network's router, as the internet sees it.
pub const MOBILE_PUBLIC: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 120);
/// The PC at home in the mobile network.
pub const HOME_PC_MOBILE: Ipv4Addr = Ipv4Addr::new(10, 20, 0, 50);

/// The mobile network's router inside.
pub(super) const MOBILE_ROUTER: Ipv4Addr = Ipv4Addr::new(10, 20, 0, 1);
/// The carrier's router inside.
pub(super) const CARRIER_ROUTER: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 1);
/// The home's router behind the carrier's.
pub(super) const HOME_BEHIND_CARRIER: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 2);
/// What a router keeps for itself while a host behind it has its public address.
pub(super) const OFFICE_SPARE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 4);
/// The home router's one.
pub(super) const HOME_SPARE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 109);

/// The internet's own host by IPv6.
pub(super) const INTERNET_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 1);
/// The office's router by IPv6, as the internet sees it.
pub(super) const OFFICE_ROUTER_WAN_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 2);
/// The home's router by IPv6, as the internet sees it.
pub(super) const HOME_ROUTER_WAN_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 0x100);
/// The office's router inside, by IPv6.
pub(super) const OFFICE_ROUTER_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xa, 0, 0, 0, 0, 1);
/// The home's router inside, by IPv6.
pub(super) const HOME_ROUTER_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 1);
/// The server by IPv6, in the office and everywhere.
pub const SERVER_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xa, 0, 0, 0, 0, 0x10);
/// The PC in the office by IPv6.
pub const OFFICE_PC_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xa, 0, 0, 0, 0, 0x30);
/// The PC at home by IPv6.
pub const HOME_PC_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 0x50);

/// The page's host name.
pub const PBX: &str = "pbx.example.test";
/// Another one, which has an IPv6 address and no other.
pub const PBX_V6_ONLY: &str = "pbx-six.example.test";
/// The port of the STUN servers.
pub const STUN_PORT: u16 = 3478;
/// The port of the proxy.
pub const PROXY_PORT: u16 = 3128;
