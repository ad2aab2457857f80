//! Whom to ask what we look like from outside: the system's STUN servers, and those that providers have of their own.

use model::{StunServer, TrunkId};
use switchboard::directory::Directory;

/// A trunk whose provider has a STUN server of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Own {
    pub(super) trunk: TrunkId,
    /// The trunk's, for people.
    pub(super) name: String,
    pub(super) server: StunServer,
}

/// All who can be asked.
#[derive(Debug, Default)]
pub(super) struct Whom {
    configured: Vec<StunServer>,
    own: Vec<Own>,
}

impl Own {
    /// Of all trunks that calls may go by.
    pub(super) fn all_in(directory: &Directory) -> Vec<Self> {
        let own = directory.trunks.iter().filter_map(|trunk| {
            Some(Self {
                trunk: trunk.id,
                name: trunk.name.clone(),
                server: trunk.stun.clone()?,
            })
        });
        own.collect()
    }
}

impl Whom {
    /// The servers of the configuration.
    pub(super) fn configure(&mut self, servers: &[StunServer]) {
        self.configured = servers.to_vec();
    }

    /// Those of the trunks.
    pub(super) fn follow(&mut self, own: &[Own]) {
        self.own = own.to_vec();
    }

    /// Those of the configuration.
    pub(super) fn configured(&self) -> &[StunServer] {
        &self.configured
    }

    /// Trunks with servers of their own.
    pub(super) fn own(&self) -> &[Own] {
        &self.own
    }

    /// What these see counts for everybody: the servers of the configuration; where it names none, the providers' will do (rule R-d).
    pub(super) fn system(&self) -> Vec<&StunServer> {
        if self.configured.is_empty() {
            self.of_trunks().collect()
        } else {
            self.configured.iter().collect()
        }
    }

    /// What these see counts for the providers of their trunks alone.
    pub(super) fn apart(&self) -> Vec<&StunServer> {
        let system = self.system();
        self.of_trunks().filter(|server| !system.contains(server)).collect()
    }

    /// Everybody, each once.
    pub(super) fn all(&self) -> Vec<StunServer> {
        self.system().into_iter().chain(self.apart()).cloned().collect()
    }

    /// The providers', each once.
    fn of_trunks(&self) -> impl Iterator<Item = &StunServer> {
        let is_first = |index: usize, own: &Own| self.own[..index].iter().all(|before| before.server != own.server);
        let own = self.own.iter().enumerate().filter(move |(index, own)| is_first(*index, own));
        own.map(|(_, own)| &own.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_servers_are_apart_from_the_systems_unless_there_are_no_others() {
        for (configured, own, system, apart) in [
            (&["s"][..], &["a", "b"][..], &["s"][..], &["a", "b"][..]),
            (&["s"], &["a", "a", "s"], &["s"], &["a"]),
            (&["s"], &[], &["s"], &[]),
            (&[], &["a", "b", "a"], &["a", "b"], &[]),
            (&[], &[], &[], &[]),
        ] {
            let servers = |names: &[&str]| -> Vec<StunServer> { names.iter().map(|name| name.parse().unwrap()).collect() };
            let own: Vec<Own> = (1..)
                .zip(servers(own))
                .map(|(trunk, server)| Own {
                    trunk: TrunkId(trunk),
                    name: format!("trunk {trunk}"),
                    server,
                })
                .collect();
            let mut whom = Whom::default();
            whom.configure(&servers(configured));
            whom.follow(&own);
            let names = |servers: Vec<&StunServer>| servers.into_iter().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(
                (names(whom.system()), names(whom.apart())),
                (
                    system.iter().map(ToString::to_string).collect(),
                    apart.iter().map(ToString::to_string).collect()
                ),
                "{configured:?} {own:?}"
            );
            assert_eq!(whom.all().len(), system.len() + apart.len());
        }
    }
}
