//! What is measured: percentiles, and the kernel's account of a process.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::Context as _;

/// Measured values, in whatever unit.
#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The value that this share of the others does not exceed; `None` without values.
    pub(crate) fn percentile(&self, percent: f64) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let index = (sorted.len() as f64 * percent / 100.0).ceil() as usize;
        sorted.get(index.clamp(1, sorted.len().max(1)) - 1).copied()
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// CPU time by the names of threads; pools share a name. Threads that have ended are missing.
pub(crate) type ByThread = BTreeMap<String, Duration>;

/// CPU time of the threads that a process has now.
pub(crate) fn cpu_by_thread(process: u32) -> anyhow::Result<ByThread> {
    let mut sums = ByThread::new();
    for task in fs::read_dir(format!("/proc/{process}/task")).context("the server is gone")? {
        let folder = task?.path();
        // One that ends meanwhile is not missed.
        let (Ok(name), Ok(stat)) = (fs::read_to_string(folder.join("comm")), fs::read_to_string(folder.join("stat"))) else {
            continue;
        };
        *sums.entry(name.trim().to_owned()).or_default() += cpu_of(&stat)?;
    }
    Ok(sums)
}

/// CPU time of the threads of this process with that name; finer than [`cpu_by_thread`].
pub(crate) fn cpu_of_thread(name: &str) -> anyhow::Result<Duration> {
    let mut sum = Duration::ZERO;
    for task in fs::read_dir("/proc/self/task")? {
        let folder = task?.path();
        // One that ends meanwhile is not missed.
        let (Ok(comm), Ok(schedstat)) = (
            fs::read_to_string(folder.join("comm")),
            fs::read_to_string(folder.join("schedstat")),
        ) else {
            continue;
        };
        if comm.trim() == name {
            let on_cpu_ns = schedstat
                .split(' ')
                .next()
                .and_then(|ns| ns.parse().ok())
                .context("no figure in schedstat")?;
            sum += Duration::from_nanos(on_cpu_ns);
        }
    }
    Ok(sum)
}

/// What came on top since `before`, for so many pieces of work: the names with the most, in microseconds each.
pub(crate) fn shares(before: &ByThread, after: &ByThread, count: f64) -> String {
    let mut shares: Vec<(f64, &str)> = after
        .iter()
        .map(|(name, time)| {
            let spent = time.saturating_sub(before.get(name).copied().unwrap_or_default());
            (spent.as_secs_f64() * 1e6 / count, name.as_str())
        })
        .collect();
    shares.sort_by(|a, b| b.0.total_cmp(&a.0));
    let texts: Vec<String> = shares
        .iter()
        .take(4)
        .map(|(each_us, name)| format!("{name} {each_us:.0}"))
        .collect();
    texts.join(", ")
}

/// CPU time of a process and its threads, user and system.
pub(crate) fn cpu(process: u32) -> anyhow::Result<Duration> {
    cpu_of(&fs::read_to_string(format!("/proc/{process}/stat")).context("the server is gone")?)
}

fn cpu_of(stat: &str) -> anyhow::Result<Duration> {
    // The program's name may hold anything but its last parenthesis.
    let (_, fields) = stat.rsplit_once(')').context("/proc/<pid>/stat")?;
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse().unwrap_or(0))
        .sum();
    Ok(Duration::from_secs_f64(
        ticks as f64 / rustix::param::clock_ticks_per_second() as f64,
    ))
}

/// Resident memory of a process in KiB.
pub(crate) fn resident_kib(process: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("the server is gone")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    line.split_whitespace()
        .nth(1)
        .context("no figure")?
        .parse()
        .context("VmRSS is no number")
}

/// The machine's load of the last minute, to judge the figures by.
pub(crate) fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut samples = Samples::default();
        assert_eq!(samples.percentile(50.0), None);
        (1..=200).rev().for_each(|n| samples.add(f64::from(n)));
        assert_eq!(
            (samples.percentile(50.0), samples.percentile(99.0), samples.percentile(100.0)),
            (Some(100.0), Some(198.0), Some(200.0))
        );
        assert_eq!((samples.percentile(0.0), samples.len()), (Some(1.0), 200));
    }

    #[test]
    fn the_kernel_accounts_for_this_process() {
        let us = std::process::id();
        assert!(resident_kib(us).unwrap() > 100.0);
        assert!(cpu(us).unwrap() < Duration::from_secs(3600));
        assert!(cpu(u32::MAX).is_err());
        assert!(!cpu_by_thread(us).unwrap().is_empty());
    }

    #[test]
    fn the_work_of_a_thread_is_found_by_its_name() {
        let work = || {
            let before = cpu_of_thread("figures-work").unwrap();
            std::hint::black_box((0..10_000_000_u64).map(std::hint::black_box).sum::<u64>());
            // The kernel counts up with its ticks, and when a thread lets others have their turn.
            std::thread::yield_now();
            cpu_of_thread("figures-work").unwrap() - before
        };
        let thread = std::thread::Builder::new().name("figures-work".to_owned()).spawn(work).unwrap();
        assert!(thread.join().unwrap() > Duration::from_micros(100));
        assert_eq!(cpu_of_thread("nobody").unwrap(), Duration::ZERO);
    }

    #[test]
    fn shares_name_the_busiest_threads_first() {
        let times = |a: u64, b: u64| {
            ByThread::from([
                ("a".to_owned(), Duration::from_millis(a)),
                ("b".to_owned(), Duration::from_millis(b)),
            ])
        };
        assert_eq!(shares(&times(10, 10), &times(20, 50), 100.0), "b 400, a 100");
    }
}
