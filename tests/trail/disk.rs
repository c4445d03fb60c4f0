//! A disk of a test's own, in a file: it can be filled, turned read-only, and kept from answering.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// A file system that is there until this is dropped.
pub(crate) struct Disk {
    folder: TempDir,
    /// What it is in.
    image: PathBuf,
    /// Lets it answer again even if the test is killed meanwhile.
    thaws: Option<Child>,
}

impl Disk {
    /// One of 16 MiB.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let disk = Self {
            image: folder.path().join("image"),
            folder,
            thaws: None,
        };
        let image = fs::File::create(&disk.image).unwrap();
        image.set_len(16 * 1024 * 1024).unwrap();
        succeeds(Command::new("mkfs.ext4").arg("-q").arg(&disk.image));
        fs::create_dir(disk.path()).unwrap();
        disk.mount();
        disk
    }

    /// Where it is.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Where a trail can be on it.
    pub(crate) fn trail(&self) -> PathBuf {
        self.path().join("trail")
    }

    /// Takes all space but so many KiB.
    pub(crate) fn fill_but(&self, kib: u64) {
        let found = rustix::fs::statvfs(self.path()).unwrap();
        let free = found.f_bavail * found.f_frsize;
        let filler = vec![1; usize::try_from(free.saturating_sub(kib * 1024)).unwrap()];
        fs::write(self.path().join("filler"), filler).unwrap();
    }

    /// Gives it back.
    pub(crate) fn empty(&self) {
        fs::remove_file(self.path().join("filler")).unwrap();
    }

    /// What the kernel does with a disk that it found an error on.
    pub(crate) fn turn_read_only(&self) {
        let listed = as_root("losetup").arg("-j").arg(&self.image).output().unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        let device = listed.split(':').next().unwrap();
        let device = Path::new(device).file_name().unwrap().to_str().unwrap();
        let trigger = format!("echo 1 > /sys/fs/ext4/{device}/trigger_fs_error");
        succeeds(as_root("sh").args(["-c", &trigger]));
    }

    /// What an operator does then: another disk takes its place, with what was on it.
    pub(crate) fn replace(&mut self) {
        succeeds(as_root("umount").arg("-l").arg(self.path()));
        let copy = self.folder.path().join("copy");
        fs::copy(&self.image, &copy).unwrap();
        // 1 says that it has mended what it found, which is what it is for.
        let checked = Command::new("e2fsck").arg("-fp").arg(&copy).output().unwrap();
        assert!(matches!(checked.status.code(), Some(0 | 1)), "{checked:?}");
        self.image = copy;
        self.mount();
    }

    /// Every write waits, until it is thawed.
    pub(crate) fn freeze(&mut self) {
        let thaw = format!("sleep 40; fsfreeze -u {}", self.path().display());
        self.thaws = Some(
            Command::new("sh")
                .args(["-c", &thaw])
                .stdin(Stdio::null())
                .spawn()
                .unwrap(),
        );
        succeeds(as_root("fsfreeze").arg("-f").arg(self.path()));
    }

    pub(crate) fn thaw(&mut self) {
        if let Some(mut watch) = self.thaws.take() {
            succeeds(as_root("fsfreeze").arg("-u").arg(self.path()));
            watch.kill().unwrap();
            watch.wait().unwrap();
        }
    }

    fn mount(&self) {
        let mut command = as_root("mount");
        command
            .args(["-o", "loop,errors=remount-ro"])
            .arg(&self.image)
            .arg(self.path());
        succeeds(&mut command);
        // Whoever runs the test runs the gateway too.
        let owner = rustix::process::getuid().as_raw().to_string();
        succeeds(as_root("chown").arg(owner).arg(self.path()));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Some(mut watch) = self.thaws.take() {
            let _either_way = as_root("fsfreeze").arg("-u").arg(self.path()).status();
            let _gone = watch.kill();
            let _gone = watch.wait();
        }
        let _gone = as_root("umount").arg("-l").arg(self.path()).status();
    }
}

/// A command that only root may run; somebody else needs `sudo` without a password for it.
fn as_root(program: &str) -> Command {
    if rustix::process::getuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}

fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
}
