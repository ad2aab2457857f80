//! A network of its own for one test.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use anyhow::Context;

use crate::process::{Process, report, run};
use crate::wait;

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
    home: Process,
}

/// Where something runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Beside the server.
    Office,
    /// At the other end of a network cable.
    Home,
}

/// Runs a test in network, process and mount namespaces of its own. Every port is free there, and every program that the test starts ends
/// with it.
///
/// # Panics
///
/// When the test does, and when the namespaces cannot be made.
pub fn isolated(story: impl FnOnce(&World)) {
    let test = test_name();
    let folder = folder_of(&test);
    if env::var_os(INSIDE).is_some() {
        fs::write(folder.join(BEGUN), []).expect("the folder was made by the first self");
        story(&World::new(folder).expect("the network of the test"));
        return;
    }
    // One story at a time, also when two people run them from the same checkout.
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
    let turn = File::create(all.join("turn.lock"))?;
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
    fn new(folder: PathBuf) -> anyhow::Result<World> {
        ip(&["link", "set", "lo", "up"])?;
        let mut holder = Command::new("unshare");
        holder.args(["--net", "--", "sleep", "infinity"]);
        let home = Process::start(holder, "home", &folder)?;
        let ours = fs::read_link("/proc/self/ns/net")?;
        let theirs = format!("/proc/{}/ns/net", home.id());
        wait::until_true("the home has a network", Duration::from_secs(5), || {
            fs::read_link(&theirs).is_ok_and(|network| network != ours)
        });
        let world = World { folder, home };
        world.lay_cable().context("cannot build the network between office and home")?;
        Ok(world)
    }

    fn lay_cable(&self) -> anyhow::Result<()> {
        let home = self.home.id().to_string();
        ip(&["link", "add", "office0", "type", "veth", "peer", "name", "home0", "netns", &home])?;
        // An IPv6 address that comes up seconds later is a change of the network, at which Chromium drops what it is loading.
        ip(&["link", "set", "office0", "addrgenmode", "none"])?;
        ip(&["address", "add", &format!("{OFFICE_ADDRESS}/24"), "dev", "office0"])?;
        ip(&["link", "set", "office0", "up"])?;
        // A default route makes programs believe that they are on line.
        ip(&["route", "add", "default", "via", HOME_ADDRESS])?;
        for command in [
            format!(
                "ip link set lo up && ip link set home0 addrgenmode none && ip address add {HOME_ADDRESS}/24 dev home0 && ip link set home0 up"
            ),
            format!("ip route add default via {OFFICE_ADDRESS}"),
        ] {
            run(self.command(Place::Home, "sh").args(["-c", &command]))?;
        }
        Ok(())
    }

    /// Where logs, recordings and data of the test go.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A command that will run at a place.
    pub fn command(&self, place: Place, program: &str) -> Command {
        match place {
            Place::Office => Command::new(program),
            Place::Home => {
                let mut command = Command::new("nsenter");
                command.args(["--net", "--target", &self.home.id().to_string(), "--", program]);
                command
            }
        }
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

fn ip(arguments: &[&str]) -> anyhow::Result<()> {
    run(Command::new("ip").args(arguments).stdout(Stdio::null())).map(|_| ())
}
