//! The process's own figures, under the names that every Prometheus client library gives them.

use std::fmt;

use super::figures::Figures;

/// Writes what the system says of this process. A figure that cannot be read is left out: a gap is seen, a wrong figure is
/// believed. Elsewhere than on Linux there are none.
#[cfg(target_os = "linux")]
pub(super) fn collect(figures: &mut Figures<'_>) -> fmt::Result {
    let Ok(process) = procfs::process::Process::myself() else {
        return Ok(());
    };
    if let Ok(stat) = process.stat() {
        let ticks = precise(procfs::ticks_per_second());
        figures.counter(
            "process_cpu_seconds",
            "CPU time used",
            precise(stat.utime + stat.stime) / ticks,
        )?;
        figures.gauge(
            "process_resident_memory_bytes",
            "Memory in use",
            precise(stat.rss * procfs::page_size()),
        )?;
        figures.gauge(
            "process_virtual_memory_bytes",
            "Address space in use",
            precise(stat.vsize),
        )?;
        if let Ok(boot) = procfs::boot_time_secs() {
            let start = precise(boot) + precise(stat.starttime) / ticks;
            figures.gauge(
                "process_start_time_seconds",
                "When it started, in seconds since 1970",
                start,
            )?;
        }
    }
    if let Ok(open) = process.fd_count() {
        figures.gauge("process_open_fds", "Files and sockets open", precise(open as u64))?;
    }
    if let Ok(limits) = process.limits()
        && let procfs::process::LimitValue::Value(most) = limits.max_open_files.soft_limit
    {
        figures.gauge("process_max_fds", "Files and sockets that may be open", precise(most))?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn collect(_: &mut Figures<'_>) -> fmt::Result {
    Ok(())
}

#[cfg(target_os = "linux")]
#[expect(
    clippy::cast_precision_loss,
    reason = "bytes and ticks stay below 2^53, and a figure may be off by one"
)]
fn precise(number: u64) -> f64 {
    number as f64
}
