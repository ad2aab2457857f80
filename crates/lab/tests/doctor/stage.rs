//! A company whose page browsers trust, behind the routers of the laboratory.

use std::path::Path;

use lab::net::Network;
use lab::net::addresses::{OFFICE_PUBLIC, PBX};
use lab::server::Session;
use lab::{Authority, Farend, Lab, findings};

/// Two servers, on hosts of their own.
pub(crate) const SERVERS: &str = r#""198.51.100.10:3478", "198.51.100.20:3478""#;

/// The players.
pub(crate) struct Stage {
    pub(crate) network: Network,
    /// Until the story ends.
    _server: Farend,
    pub(crate) admin: Session,
}

impl Stage {
    /// With these STUN servers and a certificate that an authority vouches for.
    pub(crate) fn set(folder: &Path, lab: Lab, servers: &str) -> Stage {
        let tls = Authority::new(folder).unwrap().server_config(PBX, OFFICE_PUBLIC).unwrap();
        Stage::set_with(folder, lab, servers, &tls)
    }

    /// With another certificate.
    pub(crate) fn set_with(folder: &Path, lab: Lab, servers: &str, tls: &str) -> Stage {
        let network = lab.start(folder).unwrap();
        let config = format!("[public]\nhost = {PBX:?}\n\n[stun]\nservers = [{servers}]\n{tls}");
        let server = Farend::start_in(folder, "0.0.0.0", &config).unwrap();
        let admin = server.sign_in("admin").unwrap();
        Stage {
            network,
            _server: server,
            admin,
        }
    }

    /// Anna comes from home, and Ben is in the office.
    pub(crate) fn people_come(&self) {
        findings::comes(self.network.home_pc(), PBX, "101");
        findings::comes(self.network.office_pc(), PBX, "102");
    }
}
