//! A PostgreSQL server of our own, for as long as a test runs. Fails where PostgreSQL is not installed: a skipped test proves nothing.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Where Debian keeps the server's programs.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Accounts that may run the server when the test runs as root, which PostgreSQL refuses.
const ACCOUNTS: [&str; 2] = ["postgres", "nobody"];

pub(crate) struct Server {
    programs: PathBuf,
    folder: TempDir,
    /// User and group to run as; `None` when we are not root.
    account: Option<(u32, u32)>,
}

impl Server {
    /// Makes a cluster that listens on a socket in a folder of its own only.
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let account = (id(&["-u"]) == Some(0)).then(|| {
            let found = ACCOUNTS.iter().find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)));
            found.expect("an account other than root to run PostgreSQL")
        });
        if let Some((user, group)) = account {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).expect("root may give folders away");
        }
        let server = Self {
            programs: programs(),
            folder,
            account,
        };
        let data = server.data();
        server.run(
            "initdb",
            &[
                "-D",
                &data,
                "-U",
                "farend",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
                "--no-instructions",
            ],
        );
        let options = format!("-c listen_addresses= -c unix_socket_directories={} -c fsync=off", server.socket());
        let log = server.folder.path().join("log");
        server.run(
            "pg_ctl",
            &["-D", &data, "-w", "-l", &log.to_string_lossy(), "-o", &options, "start"],
        );
        server
    }

    /// A new empty database's URL.
    pub(crate) fn create_database(&self, name: &str) -> String {
        // Names are cut to 63 letters; ours differ before that.
        let name: String = name.chars().take(60).collect();
        self.run("createdb", &["-h", &self.socket(), "-U", "farend", &name]);
        format!("postgres://farend@localhost/{name}?host={}", self.socket())
    }

    fn data(&self) -> String {
        self.folder.path().join("data").to_string_lossy().into_owned()
    }

    fn socket(&self) -> String {
        self.folder.path().to_string_lossy().into_owned()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let output = self
            .command(program, arguments)
            .output()
            .unwrap_or_else(|error| panic!("cannot run {program}: {error}"));
        assert!(
            output.status.success(),
            "{program} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).current_dir(self.folder.path()).env("LC_ALL", "C.UTF-8");
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What it leaves behind, were this to fail, is a folder under /tmp.
        let _stopped = self.command("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]).output();
    }
}

fn programs() -> PathBuf {
    let versions = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("bin"));
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&paths).collect::<Vec<_>>();
    let has_server = |folder: &PathBuf| Path::new(folder).join("initdb").is_file();
    let found = versions.chain(on_path).find(has_server);
    found.expect("PostgreSQL's server programs: install the package postgresql (this test does not skip)")
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
