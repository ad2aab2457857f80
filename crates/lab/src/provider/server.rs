//! Kamailio as one of a provider's servers.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

use super::{PASSWORD, REALM, Request, WORLD_NUMBER};
use crate::authority::Credentials;
use crate::net::Host;
use crate::net::addresses::WORLD;
use crate::process::{Process, run};
use crate::wait;

const CONFIG: &str = include_str!("kamailio.cfg");
/// SIP over UDP and TCP.
pub(super) const PORT: u16 = 5060;
/// SIP over TLS.
pub(super) const TLS_PORT: u16 = 5061;
/// From start to the first connection.
const READY_LIMIT: Duration = Duration::from_secs(15);
/// From the order to end until the last of its processes has ended.
const END_LIMIT: Duration = Duration::from_secs(10);

/// A registrar and proxy, which may be stopped for a while. It remembers registrations as long as it runs.
#[derive(Debug)]
pub struct Server {
    host: Host,
    name: &'static str,
    address: Ipv4Addr,
    config: PathBuf,
    /// None while it is stopped.
    process: Option<Process>,
    log: PathBuf,
}

impl Server {
    pub(super) fn start(host: &Host, name: &'static str, address: Ipv4Addr, credentials: &Credentials) -> anyhow::Result<Server> {
        let config = host.folder().join(format!("{name}.cfg"));
        let text = [
            ("ADDRESS", address.to_string()),
            ("WORLD", WORLD.to_string()),
            ("NUMBER", WORLD_NUMBER.to_owned()),
            ("REALM", REALM.to_owned()),
            ("PASSWORD", PASSWORD.to_owned()),
            ("CERTIFICATE", credentials.certificate.display().to_string()),
            ("KEY", credentials.key.display().to_string()),
        ]
        .into_iter()
        .fold(CONFIG.to_owned(), |text, (key, value)| text.replace(&format!("@{key}@"), &value));
        fs::write(&config, text)?;
        let mut server = Server {
            host: host.clone(),
            name,
            address,
            config,
            process: None,
            log: host.folder().join(format!("{name}.log")),
        };
        run(host.command("kamailio").arg("-c").arg("-f").arg(&server.config))
            .context("Kamailio does not take its configuration, or is missing: it is in kamailio and kamailio-tls-modules; run `scripts/install.sh test`")?;
        server.start_again()?;
        Ok(server)
    }

    /// Starts it, after it has been stopped. It knows of no registration.
    ///
    /// # Errors
    ///
    /// When it does not come up.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        let state = self.host.folder().join(self.name);
        fs::create_dir_all(&state)?;
        let mut command = self.host.command("kamailio");
        // In the foreground, with its log on standard error and little memory.
        command.args(["-DD", "-E", "-m", "32", "-M", "8", "-f"]).arg(&self.config);
        command.arg("-Y").arg(&state).arg("-w").arg(&state);
        let mut process = Process::start(command, self.name, self.host.folder())?;
        wait::until_true(&format!("{} listens", self.name), READY_LIMIT, || {
            assert!(process.is_running(), "Kamailio has ended instead of serving:\n{}", process.output());
            let connect = || {
                [PORT, TLS_PORT]
                    .iter()
                    .all(|port| TcpStream::connect((self.address, *port)).is_ok())
            };
            self.host.within(connect).is_ok_and(|listens| listens)
        });
        self.process = Some(process);
        Ok(())
    }

    /// Ends it; connections to it end too.
    ///
    /// # Errors
    ///
    /// When it cannot be told to end.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.signal("TERM")?;
            process.wait(END_LIMIT);
        }
        Ok(())
    }

    /// From now on it does nothing at all, as if its machine had lost its mind: not even its ports are closed.
    ///
    /// # Errors
    ///
    /// When its processes cannot be stopped.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.signal_all("STOP")
    }

    /// It goes on where it has stopped, with whatever lies in its buffers.
    ///
    /// # Errors
    ///
    /// When its processes cannot be waked.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.signal_all("CONT")
    }

    fn signal_all(&self, signal: &str) -> anyhow::Result<()> {
        match &self.process {
            Some(process) => process.signal_all(signal),
            None => Ok(()),
        }
    }

    /// All requests that it has heard, since it was started for the first time.
    pub fn requests(&self) -> Vec<Request> {
        Request::all_in(&String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()))
    }
}
