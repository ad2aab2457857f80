//! A network of its own for one test.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::Context;

use crate::net::{Host, Namespace};
use crate::process::{report, run};

/// Set for the second self of a test, which runs in namespaces of its own.
const INSIDE: &str = "FAREND_LAB_INSIDE";
/// Exists as soon as the second self has begun.
const BEGUN: &str = "begun";
/// The office's address in its network.
pub const OFFICE_ADDRESS: &str = "192.168.77.1";
/// The home's address.
pub const HOME_ADDRESS: &str = "192.168.77.2";

/// The network in which a test plays, and a folder for what it leaves to read.
#[derive(Debug)]
pub struct World {
    folder: PathBuf,
    office: Host,
    home: Host,
}

/// Where something runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Beside the server.
    Office,
    /// At the other end of a network cable.
    Home,
}

/// Tells a story between an office and a home with a cable between them, in namespaces of its own.
///
/// # Panics
///
/// When the test does, and when the namespaces cannot be made.
pub fn isolated(story: impl FnOnce(&World)) {
    in_namespaces(|folder| story(&World::new(folder).expect("the network of the test")));
}

/// Runs a test in network, process and mount namespaces of its own, with a folder for what it leaves to read. Every port is free there, and
/// every program that the test starts ends with it.
///
/// # Panics
///
/// When the test does, and when the namespaces cannot be made.
pub fn in_namespaces(story: impl FnOnce(&Path)) {
    let test = test_name();
    let folder = folder_of(&test);
    if env::var_os(INSIDE).is_some() {
        fs::write(folder.join(BEGUN), []).expect("the folder was made by the first self");
        story(&folder);
        return;
    }
    // As many stories at a time as the runner says, also when two people run them from the same checkout.
    let turn = wait_for_turn(&folder).expect("a lock beside the test's folder");
    // What the last run left is gone before this one begins.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the test below the target directory");
    let status = namespaces()
        .arg(env::current_exe().expect("the test's own path"))
        .args([&test, "--exact", "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .status()
        .expect("unshare is part of every Debian");
    assert!(
        folder.join(BEGUN).exists(),
        "no namespaces for the test ({status}): it needs root, or kernel.unprivileged_userns_clone=1"
    );
    drop(turn);
    assert!(status.success(), "{test} failed; logs and recordings are in {}", folder.display());
}

fn wait_for_turn(folder: &Path) -> std::io::Result<File> {
    let all = folder.parent().expect("the folder is below the target directory");
    fs::create_dir_all(all)?;
    // Stories that mostly wait may be told beside each other: nextest numbers the places of a group.
    let place = env::var("NEXTEST_TEST_GROUP_SLOT").unwrap_or_else(|_| "0".to_owned());
    let turn = File::create(all.join(format!("turn-{place}.lock")))?;
    turn.lock()?;
    Ok(turn)
}

/// `unshare` for everything that a test must not share with the machine; as root also where user namespaces are forbidden.
fn namespaces() -> Command {
    let mut unshare = Command::new("unshare");
    if !is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    unshare.args(["--net", "--mount", "--mount-proc", "--pid", "--fork", "--kill-child", "--"]);
    unshare
}

fn is_root() -> bool {
    run(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The running test's name, such as `calls::they_hear_each_other`: the test harness gives it to the test's thread.
fn test_name() -> String {
    let thread = std::thread::current();
    thread
        .name()
        .filter(|name| *name != "main")
        .expect("a test calls this on its own thread")
        .to_owned()
}

fn folder_of(test: &str) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from);
    target.join("lab").join(test.replace("::", "-"))
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the sources are still there")
}

impl World {
    fn new(folder: &Path) -> anyhow::Result<World> {
        ip(&["link", "set", "lo", "up"])?;
        let home = Namespace::new()?;
        let world = World {
            folder: folder.to_owned(),
            office: Host::own(folder),
            home: Host::new(home.clone(), folder),
        };
        lay_cable(&home).context("cannot build the network between office and home")?;
        Ok(world)
    }

    /// Where logs, recordings and data of the test go.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The computer at a place.
    pub fn host(&self, place: Place) -> &Host {
        match place {
            Place::Office => &self.office,
            Place::Home => &self.home,
        }
    }

    /// A command that will run at a place.
    pub fn command(&self, place: Place, program: &str) -> Command {
        self.host(place).command(program)
    }

    /// From now on nothing passes between home and office but TCP to one port of the office.
    ///
    /// # Errors
    ///
    /// When the fire wall cannot be set up.
    pub fn block_all_but_tcp(&self, port: u16) -> anyhow::Result<()> {
        let rules = format!(
            "table inet wall {{
               chain out {{ type filter hook output priority 0; policy drop; oifname lo accept; ip daddr {OFFICE_ADDRESS} tcp dport {port} accept; }}
               chain in {{ type filter hook input priority 0; policy drop; iifname lo accept; ip saddr {OFFICE_ADDRESS} tcp sport {port} accept; }}
             }}"
        );
        let file = self.folder.join("wall.nft");
        fs::write(&file, rules)?;
        run(self.command(Place::Home, "nft").arg("-f").arg(&file))?;
        report(&format!("home: only TCP {port} passes"));
        Ok(())
    }
}

fn lay_cable(home: &Namespace) -> anyhow::Result<()> {
    ip(&[
        "link",
        "add",
        "office0",
        "type",
        "veth",
        "peer",
        "name",
        "home0",
        "netns",
        &home.path(),
    ])?;
    // An IPv6 address that comes up seconds later is a change of the network, at which Chromium drops what it is loading.
    ip(&["link", "set", "office0", "addrgenmode", "none"])?;
    ip(&["address", "add", &format!("{OFFICE_ADDRESS}/24"), "dev", "office0"])?;
    ip(&["link", "set", "office0", "up"])?;
    // A default route makes programs believe that they are on line.
    ip(&["route", "add", "default", "via", HOME_ADDRESS])?;
    home.configure(&[
        "link set home0 addrgenmode none".to_owned(),
        format!("address add {HOME_ADDRESS}/24 dev home0"),
        "link set home0 up".to_owned(),
        format!("route add default via {OFFICE_ADDRESS}"),
    ])
}

fn ip(arguments: &[&str]) -> anyhow::Result<()> {
    run(Command::new("ip").args(arguments).stdout(Stdio::null())).map(|_| ())
}
