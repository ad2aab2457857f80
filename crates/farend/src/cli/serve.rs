//! `farend serve` and `farend demo`

use std::env::VarError;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::config::{Check, Config, Listen};
use crate::logging;
use crate::server::{self, Company, Reread};
use crate::store::name::{Password, Pin};
use crate::store::{DemoSecrets, Secret};

/// Where the demo company lives unless told otherwise.
const DEMO_DATA: &str = "farend-demo";
const PORTAL_PORT: u16 = 8802;
const SIP_PORT: u16 = 5060;

#[derive(Args)]
pub(super) struct Demo {
    /// Where the demo company is kept between runs
    #[arg(long, value_name = "DIR", default_value = DEMO_DATA)]
    data: PathBuf,
    /// Our address; 0.0.0.0 for the whole network [default: 127.0.0.1]
    #[arg(long, value_name = "IP")]
    bind: Option<IpAddr>,
    /// The one port, TCP and UDP [default: 8802]
    #[arg(long)]
    port: Option<u16>,
    /// SIP over UDP and TCP; SIP over TLS is one above [default: 5060]
    #[arg(long)]
    sip_port: Option<u16>,
    /// A configuration file for everything else; the other options go before it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn serve(config: &Path) -> anyhow::Result<()> {
    let file = config.to_owned();
    run(Box::new(move || Ok(Config::read(&file)?)), Company::Own)
}

pub(super) fn demo(demo: Demo) -> anyhow::Result<()> {
    let secrets = DemoSecrets {
        password: variable("FAREND_DEMO_PASSWORD")?.map(|text| Password::for_demo(&text)),
        sip_secret: variable("FAREND_DEMO_SIP_SECRET")?.map(|text| Secret::chosen(&text)),
        pin: variable("FAREND_DEMO_PIN")?
            .map(|text| Pin::for_demo(&text))
            .transpose()
            .context("FAREND_DEMO_PIN cannot be used")?,
    };
    run(Box::new(move || demo.config()), Company::Demo(secrets))
}

impl Demo {
    fn config(&self) -> anyhow::Result<Config> {
        let defaults = Config {
            listen: local(&Listen::default()),
            check: Check {
                stun_ports: beside(self.port.unwrap_or(PORTAL_PORT)),
            },
            ..Config::default()
        };
        let mut config = match &self.config {
            Some(file) => Config::read_over(file, &defaults)?,
            None => defaults,
        };
        config.data_dir.clone_from(&self.data);
        config.database = crate::config::Database::Sqlite;
        config.listen = over(&config.listen, self.bind, self.port, self.sip_port);
        Ok(config)
    }
}

/// Several demo companies may run on one machine: the ports for checks follow the one port. None when that is any free one.
fn beside(port: u16) -> Vec<u16> {
    let ports = (1..=2).filter_map(|step| port.checked_add(step));
    if port == 0 { Vec::new() } else { ports.collect() }
}

/// The demo company's passwords may be known to many: it shows itself to this machine only.
fn local(listen: &Listen) -> Listen {
    over(listen, Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), Some(PORTAL_PORT), Some(SIP_PORT))
}

fn over(listen: &Listen, bind: Option<IpAddr>, port: Option<u16>, sip_port: Option<u16>) -> Listen {
    let change = |address: SocketAddr, port: Option<u16>| SocketAddr::new(bind.unwrap_or(address.ip()), port.unwrap_or(address.port()));
    Listen {
        portal: change(listen.portal, port),
        media: change(listen.media, port),
        sip: change(listen.sip, sip_port),
        // Port 0 asks for any free one.
        sips: change(listen.sips, sip_port.map(|port| if port == 0 { 0 } else { port.wrapping_add(1) })),
        rtp_ports: listen.rtp_ports,
    }
}

fn variable(name: &str) -> anyhow::Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) if value.len() > 256 => bail!("{name} is longer than 256 bytes; choose a shorter one"),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => bail!("{name} is not text; use letters that UTF-8 knows"),
    }
}

fn run(read: Reread, company: Company) -> anyhow::Result<()> {
    let config = read()?;
    logging::start(&config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start: the system gives no threads")?;
    let ended = runtime.block_on(server::run(config, read, company));
    logging::flush();
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_for_checks_follow_the_one_port() {
        assert_eq!(beside(PORTAL_PORT), Check::default().stun_ports);
        assert_eq!((beside(0), beside(u16::MAX - 1)), (vec![], vec![u16::MAX]));
    }

    #[test]
    fn options_go_before_the_file_and_the_file_before_loopback() {
        let listen = over(&local(&Listen::default()), None, Some(9000), Some(0));
        assert_eq!(listen.portal, "127.0.0.1:9000".parse().expect("an address"));
        assert_eq!(listen.media, "127.0.0.1:9000".parse().expect("an address"));
        assert_eq!(listen.sip, "127.0.0.1:0".parse().expect("an address"));
        assert_eq!(listen.sips, "127.0.0.1:0".parse().expect("an address"));
        let listen = over(
            &local(&Listen::default()),
            Some("0.0.0.0".parse().expect("an address")),
            None,
            Some(6000),
        );
        assert_eq!(listen.portal, "0.0.0.0:8802".parse().expect("an address"));
        assert_eq!(listen.sips, "0.0.0.0:6001".parse().expect("an address"));
    }
}
