//! SIGHUP: the configuration file and the certificate are read again. What can change while people talk changes at once; the other keys are
//! named, and count from the next start on. A mistake in the file changes nothing.

use std::net::Ipv6Addr;
use std::sync::Arc;

use model::StunServer;

use crate::api::WebRules;
use crate::certificate::{Certificate, Files};
use crate::config::{Config, Stun, StunMode};
use crate::logging;
use crate::portal::limits::Limits;
use crate::reach::Reach;

/// STUN servers that browsers are told; more would only slow them down.
const BROWSER_STUN_MAX: usize = 3;

/// Reads the configuration again, as it was read for the start.
pub type Reread = Box<dyn Fn() -> anyhow::Result<Config> + Send + Sync>;

/// What can change while the server runs.
pub(super) struct Reloadable {
    pub(super) reread: Reread,
    pub(super) certificate: Arc<Certificate>,
    pub(super) limits: Limits,
    pub(super) web: Arc<arc_swap::ArcSwap<WebRules>>,
    pub(super) reach: Reach,
}

impl Reloadable {
    /// Reads everything again; `running` becomes what is in force from now on.
    pub(super) fn reload(&self, running: &mut Config) {
        match (self.reread)() {
            Ok(read) => {
                self.apply(read, running);
                self.reach.configure(running);
            }
            Err(error) => tracing::error!(
                error = format!("{error:#}"),
                "the new configuration cannot be used: the old one stays"
            ),
        }
        reload_certificate(&self.certificate, true);
    }

    fn apply(&self, read: Config, running: &mut Config) {
        let waiting = waiting_for_a_start(running, &read);
        self.certificate.look_at(files(&read, running));
        self.limits
            .change(read.limits.connections_per_address_max, read.limits.connections_max);
        super::descriptors::provide(&read);
        self.web.store(Arc::new(web_rules(&read, &self.certificate)));
        logging::change(&read.log);
        running.tls = read.tls;
        running.web = read.web;
        running.public.addresses = read.public.addresses;
        running.stun = read.stun;
        running.log.level = read.log.level;
        running.limits.connections_max = read.limits.connections_max;
        running.limits.connections_per_address_max = read.limits.connections_per_address_max;
        running.limits.drain_max = read.limits.drain_max;
        tracing::info!("the configuration has been read again");
        if !waiting.is_empty() {
            tracing::warn!(
                keys = waiting.join(", "),
                "these keys have changed, and count from the next start on"
            );
        }
    }
}

/// The certificate's files that the configuration names, or our own in the data directory that is in use.
fn files(read: &Config, running: &Config) -> Files {
    let given = read.tls.as_ref().map(|files| (files.certificate.clone(), files.key.clone()));
    Files::new(given, &running.data_dir)
}

/// What the configuration and the certificate mean for web pages.
pub(super) fn web_rules(config: &Config, certificate: &Certificate) -> WebRules {
    WebRules {
        allowed_origins: config.web.allowed_origins.clone(),
        strict_transport: !certificate.is_self_signed(),
        stun: stun_urls(&config.stun),
    }
}

/// The STUN servers as browsers want them, unless nobody is to be asked.
fn stun_urls(stun: &Stun) -> Vec<String> {
    let url = |server: &StunServer| {
        let host = match server.host.parse::<Ipv6Addr>() {
            Ok(ipv6) => format!("[{ipv6}]"),
            Err(_name) => server.host.clone(),
        };
        // Without a port browsers take 3478.
        let port = server.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("stun:{host}{port}")
    };
    match stun.mode {
        StunMode::Off => Vec::new(),
        StunMode::Automatic | StunMode::Always | StunMode::Static | StunMode::PortPreserving => {
            stun.servers.iter().take(BROWSER_STUN_MAX).map(url).collect()
        }
    }
}

/// Reads the certificate's files again when they have changed (or always, with `force`).
pub(super) fn reload_certificate(certificate: &Certificate, force: bool) {
    match certificate.reload(force) {
        Ok(true) => tracing::info!("the certificate has been read again"),
        Ok(false) => {}
        Err(error) => tracing::error!(
            error = format!("{error:#}"),
            "the new certificate cannot be used: the old one stays"
        ),
    }
}

/// The keys that differ and that only a new start takes up.
fn waiting_for_a_start(running: &Config, read: &Config) -> Vec<&'static str> {
    let keys = [
        ("data_dir", running.data_dir != read.data_dir),
        ("database", running.database != read.database),
        ("[listen]", running.listen != read.listen),
        ("public.host", running.public.host != read.public.host),
        ("limits.calls", running.limits.calls_max != read.limits.calls_max),
        (
            "limits.registrations",
            running.limits.registrations_max != read.limits.registrations_max,
        ),
        ("log.format", running.log.format != read.log.format),
    ];
    keys.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use super::*;
    use crate::portal::limits::Refusal;

    /// A server's reloadable parts over a configuration file in a folder of its own.
    struct Scene {
        folder: tempfile::TempDir,
        parts: Reloadable,
        running: Config,
    }

    impl Scene {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("farend.toml");
            fs::write(&file, "").unwrap();
            let defaults = Config {
                data_dir: folder.path().to_owned(),
                ..Config::default()
            };
            let running = Config::read_over(&file, &defaults).unwrap();
            let certificate = Arc::new(Certificate::load(files(&running, &running), &["localhost".to_owned()]).unwrap());
            let parts = Reloadable {
                reread: Box::new(move || Ok(Config::read_over(&file, &defaults)?)),
                web: Arc::new(arc_swap::ArcSwap::from_pointee(web_rules(&running, &certificate))),
                reach: Reach::unattended(),
                certificate,
                limits: Limits::new(running.limits.connections_per_address_max, running.limits.connections_max),
            };
            Self { folder, parts, running }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn reload(&mut self, text: &str) {
            fs::write(self.path("farend.toml"), text).unwrap();
            self.parts.reload(&mut self.running);
        }
    }

    fn other_certificate(folder: &Path) {
        fs::create_dir(folder).unwrap();
        Certificate::load(Files::new(None, folder), &["pbx.example.com".to_owned()]).unwrap();
    }

    #[test]
    fn what_can_change_at_once_does() {
        let mut scene = Scene::new();
        other_certificate(&scene.path("given"));
        scene.reload(
            "[web]\nallowed_origins = [\"https://intranet.example.com\"]\n\
             [tls]\ncertificate = \"given/certificate.pem\"\nkey = \"given/certificate-key.pem\"\n\
             [limits]\nconnections_per_address = 4\nconnections = 16\ndrain_seconds = 7\n[log]\nlevel = \"debug\"\n",
        );
        let web = scene.parts.web.load();
        assert_eq!(web.allowed_origins, ["https://intranet.example.com"]);
        assert!(web.strict_transport);
        assert!(!scene.parts.certificate.is_self_signed());
        assert_eq!(scene.running.limits.drain_max, Duration::from_secs(7));
        let address = "192.0.2.1".parse().unwrap();
        let permits: Vec<_> = (0..4).map(|_| scene.parts.limits.admit(address).unwrap()).collect();
        assert_eq!(scene.parts.limits.admit(address).unwrap_err(), Refusal::Address(address));
        drop(permits);
        scene.reload("");
        assert!(scene.parts.certificate.is_self_signed());
        assert!(scene.parts.web.load().stun.is_empty());
        scene.reload("[stun]\nservers = [\"stun.example.com\", \"[2001:db8::1]:3479\"]\n");
        assert_eq!(scene.parts.web.load().stun, ["stun:stun.example.com", "stun:[2001:db8::1]:3479"]);
        scene.reload("[stun]\nmode = \"off\"\nservers = [\"stun.example.com\"]\n");
        assert!(scene.parts.web.load().stun.is_empty());
        assert!(!scene.parts.web.load().strict_transport);
    }

    #[test]
    fn a_mistake_changes_nothing() {
        let mut scene = Scene::new();
        let before = scene.running.clone();
        scene.reload("[web]\nallowed_origins = [\"https://intranet.example.com\"]\n[limits]\nconnections = \"many\"\n");
        assert_eq!(scene.running, before);
        assert!(scene.parts.web.load().allowed_origins.is_empty());
    }

    #[test]
    fn a_certificate_that_cannot_be_used_leaves_the_old_one_in_force() {
        let mut scene = Scene::new();
        scene.reload("[tls]\ncertificate = \"absent.pem\"\nkey = \"absent-key.pem\"\n");
        assert!(scene.parts.certificate.reload(true).is_err());
        other_certificate(&scene.path("late"));
        fs::copy(scene.path("late/certificate.pem"), scene.path("absent.pem")).unwrap();
        fs::copy(scene.path("late/certificate-key.pem"), scene.path("absent-key.pem")).unwrap();
        assert!(scene.parts.certificate.reload(false).unwrap());
    }

    #[test]
    fn keys_that_need_a_start_are_named_and_stay_as_they_are() {
        let mut scene = Scene::new();
        let read = Config {
            database: crate::config::Database::Postgres("postgres://x@localhost/farend".to_owned()),
            ..scene.running.clone()
        };
        assert_eq!(waiting_for_a_start(&scene.running, &read), ["database"]);
        let before = scene.running.listen.clone();
        scene.reload("[listen]\nportal = \"127.0.0.1:9999\"\n[limits]\ncalls = 3\n");
        assert_eq!(scene.running.listen, before);
        assert_ne!(scene.running.limits.calls_max, 3);
    }
}
