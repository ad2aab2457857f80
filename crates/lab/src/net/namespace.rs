//! A network namespace that lives as long as somebody holds it: a network card, routes and a fire wall of its own, and nothing else.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::{Context, anyhow, ensure};
use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket};

/// A network of its own. Threads enter it (`CLONE_NEWNET` counts per thread), programs are started in it.
#[derive(Clone, Debug)]
pub struct Namespace {
    file: Arc<File>,
}

impl Namespace {
    /// Makes an empty one, with the loopback interface up.
    ///
    /// # Errors
    ///
    /// When the kernel does not allow it.
    pub fn new() -> anyhow::Result<Namespace> {
        let file = thread::spawn(|| -> anyhow::Result<File> {
            unshare(CloneFlags::CLONE_NEWNET).context("cannot make a network namespace")?;
            Ok(File::open("/proc/thread-self/ns/net")?)
        });
        let file = file
            .join()
            .map_err(|_| anyhow!("the thread that makes a namespace has panicked"))??;
        let namespace = Namespace { file: Arc::new(file) };
        namespace.configure(&["link set lo up"])?;
        Ok(namespace)
    }

    /// The one that the caller is in.
    ///
    /// # Errors
    ///
    /// When there is no `/proc`.
    pub(super) fn here() -> anyhow::Result<Namespace> {
        let file = Arc::new(File::open("/proc/thread-self/ns/net")?);
        Ok(Namespace { file })
    }

    /// Where another program finds it.
    pub fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.file.as_raw_fd())
    }

    /// A command that will run in it.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net={}", self.path())).args(["--", program]);
        command
    }

    /// Does something in it and waits for the result. Sockets that are opened there stay there, wherever they are used later.
    ///
    /// # Errors
    ///
    /// When the namespace cannot be entered.
    pub fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> anyhow::Result<T> {
        thread::scope(|scope| {
            let inside = scope.spawn(|| -> anyhow::Result<T> {
                self.enter()?;
                Ok(work())
            });
            inside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// A thread that works in it until the test ends.
    pub fn spawn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<anyhow::Result<T>> {
        let namespace = self.clone();
        thread::spawn(move || {
            namespace.enter()?;
            Ok(work())
        })
    }

    /// Runs lines of `ip -batch`.
    ///
    /// # Errors
    ///
    /// With the line that fails.
    pub fn configure(&self, lines: &[impl AsRef<str> + Sync]) -> anyhow::Result<()> {
        self.within(|| configure_here(lines))?
    }

    /// Replaces the fire wall's rules and lets the kernel forget every connection that it tracks here.
    ///
    /// # Errors
    ///
    /// When the kernel refuses the rules.
    pub fn load_rules(&self, rules: &str) -> anyhow::Result<()> {
        self.within(|| {
            feed("nft", &["-f", "-"], &format!("flush ruleset\n{rules}")).context("cannot set up a router")?;
            // Otherwise a connection from before would be taken up again in its middle, past the translation.
            set_here("netfilter/nf_conntrack_tcp_loose", "0")?;
            forget_connections_here()
        })?
    }

    /// Adds rules to those that are there.
    ///
    /// # Errors
    ///
    /// When the kernel refuses them.
    pub fn add_rules(&self, rules: &str) -> anyhow::Result<()> {
        self.within(|| feed("nft", &["-f", "-"], rules))?
    }

    /// Lets the kernel forget every connection that it tracks here.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn forget_connections(&self) -> anyhow::Result<()> {
        self.within(forget_connections_here)?
    }

    /// Sets a key below `/proc/sys/net`.
    ///
    /// # Errors
    ///
    /// When there is no such key.
    pub fn set(&self, key: &str, value: &str) -> anyhow::Result<()> {
        self.within(|| set_here(key, value))?
    }

    fn enter(&self) -> anyhow::Result<()> {
        setns(&*self.file, CloneFlags::CLONE_NEWNET).context("cannot enter a network namespace")
    }
}

/// Runs lines of `ip -batch` in the caller's own namespace.
pub(super) fn configure_here(lines: &[impl AsRef<str>]) -> anyhow::Result<()> {
    let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    feed("ip", &["-batch", "-"], &lines.join("\n"))
}

/// Sets a key below `/proc/sys/net` in the caller's own namespace.
pub(super) fn set_here(key: &str, value: &str) -> anyhow::Result<()> {
    let path = format!("/proc/sys/net/{key}");
    fs::write(&path, value).with_context(|| format!("cannot set {path}: is its kernel module loaded?"))
}

fn feed(program: &str, arguments: &[&str], text: &str) -> anyhow::Result<()> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let mut input = child.stdin.take().context("no pipe to write to")?;
    input.write_all(text.as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "{program} refuses: {}\n{text}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}

/// What `conntrack --flush` does: one netlink message, `IPCTNL_MSG_CT_DELETE` without a filter (linux/netfilter/nfnetlink_conntrack.h).
fn forget_connections_here() -> anyhow::Result<()> {
    const MESSAGE_BYTES: u32 = 20;
    const CONNTRACK_DELETE: u16 = (1 << 8) | 2;
    const REQUEST_AND_ACKNOWLEDGE: u16 = 1 | 4;
    let mut message = Vec::with_capacity(MESSAGE_BYTES as usize);
    message.extend(MESSAGE_BYTES.to_ne_bytes());
    message.extend(CONNTRACK_DELETE.to_ne_bytes());
    message.extend(REQUEST_AND_ACKNOWLEDGE.to_ne_bytes());
    // Sequence number and port, then family (any), version and resource id.
    message.extend([0; 12]);
    let kernel = socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkNetFilter,
    )?;
    sendto(kernel.as_raw_fd(), &message, &NetlinkAddr::new(0, 0), MsgFlags::empty())?;
    let mut answer = [0; 128];
    let length = recv(kernel.as_raw_fd(), &mut answer, MsgFlags::empty())?;
    let error = answer.get(16..20).filter(|_| length >= 20).context("a short answer from netlink")?;
    let error = i32::from_ne_bytes([error[0], error[1], error[2], error[3]]);
    ensure!(
        error == 0,
        "connections cannot be forgotten: {}",
        std::io::Error::from_raw_os_error(-error)
    );
    Ok(())
}
