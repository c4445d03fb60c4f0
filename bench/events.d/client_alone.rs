//! reqwest as it reads a document that is passed on piece by piece, and nothing else: no server, no gateway. What memory this
//! takes, a gateway that uses it takes too; reqwest has no setting for the buffers that it reads into.
//!
//! `client-alone ADDRESS`: reads a small document and then the one at the address, and prints how much the process grew
//! meanwhile at the most, in KiB.

use std::{env, fs, io::Write as _};

use anyhow::Context as _;
use reqwest::{Client, Url};

// As the gateway.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As in the gateway.
const PIECE: usize = 16 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let address: Url = env::args().nth(1).context("usage: client-alone ADDRESS")?.parse()?;
    let client = Client::builder().no_proxy().build()?;
    let mut small = address.clone();
    small.set_query(Some("bytes=1024"));
    read(&client, small).await?;

    let before = figure("VmRSS")?;
    fs::write("/proc/self/clear_refs", "5")?;
    read(&client, address).await?;
    let peak = figure("VmHWM")?;
    writeln!(std::io::stdout(), "{}", peak.saturating_sub(before))?;
    Ok(())
}

/// Holds what has come while it goes on in pieces, each at another turn of the runtime, as a socket would take it.
async fn read(client: &Client, address: Url) -> anyhow::Result<()> {
    let mut response = client.get(address).send().await?.error_for_status()?;
    while let Some(mut chunk) = response.chunk().await? {
        while !chunk.is_empty() {
            drop(chunk.split_to(chunk.len().min(PIECE)));
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

/// A figure of this process, in KiB.
fn figure(name: &str) -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("a figure that the kernel does not tell")?.parse()?)
}
