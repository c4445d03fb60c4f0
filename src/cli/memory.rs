//! What other processes see of this one's memory, which holds keys, and patients.

/// Keeps it to this process: there are no core dumps, and only root can attach a debugger; the same user cannot.
///
/// A debug build stays open, because otherwise it could not be debugged. The process itself can still read the files of
/// `/proc/self` that metrics come from, whichever user runs it.
///
/// # Errors
/// If the machine does not let it.
#[cfg(target_os = "linux")]
pub(super) fn keep_to_itself() -> std::io::Result<()> {
    if cfg!(all(debug_assertions, not(test))) {
        return Ok(());
    }
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "on Linux it can fail")]
pub(super) fn keep_to_itself() -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    use super::*;

    #[test]
    fn memory_cannot_be_dumped_and_its_metrics_can_still_be_read() {
        keep_to_itself().unwrap();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        let process = procfs::process::Process::myself().unwrap();
        process.stat().unwrap();
        process.limits().unwrap();
        assert!(process.fd_count().unwrap() > 0);
    }
}
