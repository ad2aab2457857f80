//! A computer in the laboratory: programs start on it and threads of the test visit it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::namespace::Namespace;

/// A place where programs run.
#[derive(Clone, Debug)]
pub struct Host {
    /// None for the test's own.
    namespace: Option<Namespace>,
    folder: PathBuf,
}

impl Host {
    /// The computer on which the test itself runs.
    pub fn own(folder: &Path) -> Host {
        Host {
            namespace: None,
            folder: folder.to_owned(),
        }
    }

    /// A computer with a network of its own.
    pub fn new(namespace: Namespace, folder: &Path) -> Host {
        Host {
            namespace: Some(namespace),
            folder: folder.to_owned(),
        }
    }

    /// Where logs, recordings and data go.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A command that will run here.
    pub fn command(&self, program: &str) -> Command {
        match &self.namespace {
            None => Command::new(program),
            Some(namespace) => namespace.command(program),
        }
    }

    /// Does something here and waits for the result. Sockets that are opened here stay here.
    ///
    /// # Errors
    ///
    /// When the host's network cannot be entered.
    pub fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> anyhow::Result<T> {
        match &self.namespace {
            None => Ok(work()),
            Some(namespace) => namespace.within(work),
        }
    }
}
