//! `conformance`: runs the matrix, shows what came out, and writes the proof.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum};
use conformance::{
    self, Answer, JunctionNames, Policy, Report, Request, Settings, Suite, Target, to_html, to_junit, to_table,
};
use domain::{
    egress::Proxy,
    empego::EndpointGrants,
    junction::{FeatureKind, JunctionId, Modality},
};
use indicatif::{ProgressBar, ProgressStyle};

use super::exit::{Exit, print};
use crate::{
    app, config, tls,
    upstream::wire::{self, Cause, Egress, NoAnswer, Sender, SetupError},
};

/// How long a connection is kept for the next case.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// The most bytes that are read of a response: the times that a visit can be booked for are many.
const MAX_BODY: usize = 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The gateway's address; for `--suite upstream`, the base URL of Empego's API
    #[arg(long, value_name = "URL")]
    target: String,
    /// The variable that holds the key: a host's, or Empego's API key
    #[arg(long, value_name = "NAME")]
    key_env: String,
    /// Which cases to run
    #[arg(long, value_enum, default_value = "compat")]
    suite: SuiteArgument,
    /// The policy of the gateway's tenant
    #[arg(long, value_enum, default_value = "documented")]
    policy: PolicyArgument,
    /// An intent that the gateway's host may send, as in its `intents`; may be repeated [default: those that go with the
    /// policy]
    #[arg(long = "intent", value_enum, value_name = "INTENT")]
    intents: Vec<IntentArgument>,
    /// An endpoint that the gateway's tenant is granted, as in its `endpoints`; may be repeated
    #[arg(long = "granted", value_name = "PATTERN", default_value = "*")]
    granted: Vec<String>,
    /// For `--suite junction` and `orders`: the team, by the host's reference; the tenant's own, if it has one
    #[arg(long, value_name = "ID", default_value = "conformance-team")]
    team: String,
    /// For `--suite orders`: another team, which must not see the order
    #[arg(long, value_name = "ID", default_value = "conformance-other-team")]
    other_team: String,
    /// For `--suite junction`: an order of that team, by Junction's id [default: no order is opened]
    #[arg(long, value_name = "ID", value_parser = order)]
    order: Option<String>,
    /// A feature that the gateway's tenant is granted, as in its `junction.features`; may be given several times
    #[arg(long = "feature", value_name = "FEATURE", value_parser = feature, default_values = ["order_creation", "order_creation:*", "order:*"])]
    features: Vec<String>,
    /// A modality that the gateway's tenant is granted, as in its `junction.modalities`; may be given several times
    #[arg(long = "modality", value_name = "MODALITY", value_parser = modality, default_value = "feature_embed")]
    modalities: Vec<String>,
    /// Also send requests that open sessions, and create users at Empego, or a member, a team, a patient and an order at Junction
    #[arg(long)]
    allow_writes: bool,
    /// The patient for launches: known to the Empego environment or to Junction, and not a real person
    #[arg(long, value_name = "KEY", default_value = "conformance-patient")]
    patient_key: String,
    /// How long one response may take
    #[arg(long, value_name = "MILLISECONDS", default_value = "10000", value_parser = clap::value_parser!(u64).range(1..=600_000))]
    timeout_ms: u64,
    /// The forward proxy for https targets; proxies set in the environment are ignored
    #[arg(long, value_name = "URL", value_parser = proxy)]
    proxy: Option<Proxy>,
    /// The variable that holds user:password for the proxy
    #[arg(long, value_name = "NAME", requires = "proxy")]
    proxy_credentials_env: Option<String>,
    /// A PEM file with certificate authorities to trust, in addition to those of this machine
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Write conformance.html, conformance.json and conformance.xml into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Report what changed since an earlier run, from its conformance.json
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SuiteArgument {
    /// The drop-in API of a gateway, for existing clients of Empego
    Compat,
    /// The native API of a gateway
    Native,
    /// Empego itself, or its stand-in, as its documentation says
    Upstream,
    /// A gateway's launches of Junction's app
    Junction,
    /// A gateway's orders at Junction, in the sandbox alone: one is placed, scheduled and cancelled
    Orders,
}

impl From<SuiteArgument> for Suite {
    fn from(argument: SuiteArgument) -> Self {
        match argument {
            SuiteArgument::Compat => Self::Compat,
            SuiteArgument::Native => Self::Native,
            SuiteArgument::Upstream => Self::Upstream,
            SuiteArgument::Junction => Self::Junction,
            SuiteArgument::Orders => Self::Orders,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum PolicyArgument {
    /// As Empego documents
    Documented,
    /// The default policy of a configuration
    Strict,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum IntentArgument {
    /// A session of the API key's owner
    Owner,
    /// A user who is known to exist
    Existing,
    /// A user who may be new or known
    Upsert,
    /// A user who is new
    New,
    /// A clone of the API key's owner
    Clone,
}

impl IntentArgument {
    fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Existing => "existing",
            Self::Upsert => "upsert",
            Self::New => "new",
            Self::Clone => "clone",
        }
    }
}

impl From<PolicyArgument> for Policy {
    fn from(argument: PolicyArgument) -> Self {
        match argument {
            PolicyArgument::Documented => Self::Documented,
            PolicyArgument::Strict => Self::Strict,
        }
    }
}

fn order(text: &str) -> Result<String, String> {
    let id = JunctionId::parse(text).map_err(|fault| fault.message().into_owned())?;
    Ok(id.to_string())
}

fn feature(text: &str) -> Result<String, String> {
    let known = || FeatureKind::ALL.iter().map(|kind| kind.pattern()).collect::<Vec<_>>();
    let kind = FeatureKind::of_pattern(text).ok_or_else(|| format!("must be one of {}", known().join(", ")))?;
    Ok(kind.pattern().to_owned())
}

fn modality(text: &str) -> Result<String, String> {
    let modality = Modality::parse(text).ok_or_else(|| format!("must be one of {}", Modality::VALUES))?;
    Ok(modality.as_str().to_owned())
}

fn proxy(text: &str) -> Result<Proxy, String> {
    let proxy = Proxy::parse(text);
    proxy.map_err(|why| {
        why.replace(
            "a file with user:password in proxy_credentials_file",
            "its variable in --proxy-credentials-env",
        )
    })
}

/// The way out that the arguments describe.
fn egress(arguments: &Arguments) -> Result<Egress, Exit> {
    let authorities = arguments.ca_file.as_ref().map(|file| {
        let bad = |why: String| Exit::usage(format!("--ca-file {}: {why}", file.display()));
        let pem = fs::read(file).map_err(|error| bad(error.to_string()))?;
        config::authorities(&pem).map_err(|why| bad(format!("a file {why}")))
    });
    let credentials = arguments
        .proxy_credentials_env
        .as_ref()
        .map(|name| config::secret_variable(name).map_err(|why| Exit::usage(format!("--proxy-credentials-env {why}"))));
    let tls = tls::trusting_also(authorities.transpose()?.unwrap_or_default()).map_err(Exit::failure)?;
    Ok(Egress::new(
        tls,
        arguments.proxy.clone(),
        credentials.transpose()?.as_ref(),
    ))
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Exit> {
    let settings = settings(arguments)?;
    let send = sender(Duration::from_millis(arguments.timeout_ms), egress(arguments)?)
        .map_err(|error| Exit::failure(format!("TLS cannot be set up: {error}")))?;
    let bar = bar();
    let report = app::block_on(conformance::run(&settings, send, |progress| {
        bar.set_length(u64::try_from(progress.of).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(progress.done).unwrap_or(u64::MAX));
        bar.set_message(progress.id.to_owned());
    }));
    bar.finish_and_clear();
    let report = report.map_err(Exit::failure)?;

    if let Some(folder) = &arguments.out {
        write(folder, &report)?;
    }
    print(to_table(&report))?;
    if report.is_clean() {
        Ok(())
    } else {
        Err(Exit::failure(what_failed(&report)))
    }
}

/// What sends the requests of a run, each within this time.
///
/// # Errors
/// If TLS cannot be set up.
pub fn sender(
    within: Duration,
    egress: impl Into<Egress>,
) -> Result<impl AsyncFn(Request) -> Result<Answer, &'static str>, SetupError> {
    let settings = wire::Settings {
        pool_idle_timeout: Some(POOL_IDLE_TIMEOUT),
        max_body: MAX_BODY,
        user_agent: concat!("empego-gateway-conformance/", env!("CARGO_PKG_VERSION")),
        ..wire::Settings::default()
    };
    let sender = Sender::new(settings, egress)?;
    Ok(async move |request| sent(&sender, request, within).await.map_err(why))
}

async fn sent(sender: &Sender, request: Request, within: Duration) -> Result<Answer, NoAnswer> {
    let Request {
        method,
        url,
        headers,
        body,
    } = request;
    let request = wire::Request {
        headers,
        body,
        ..wire::Request::new(method, url)
    };
    let mut response = sender.begin(request, within).await?;
    Ok(Answer {
        body: response.bounded_body().await?.read(),
        status: response.status(),
        headers: response.into_headers(),
    })
}

/// Why there is no answer, as reports say it.
const fn why(no_answer: NoAnswer) -> &'static str {
    match no_answer {
        NoAnswer::ConnectTimeout => "no connection in time",
        NoAnswer::Timeout => "no response in time",
        NoAnswer::Unreachable {
            cause: Cause::Proxy, ..
        } => "no connection through the proxy",
        NoAnswer::Unreachable {
            may_have_been_sent: false,
            ..
        } => "no connection",
        NoAnswer::Unreachable {
            may_have_been_sent: true,
            ..
        } => "the connection broke",
        NoAnswer::Unsendable => "it cannot be sent",
    }
}

/// The cells that failed; of many, the first.
fn what_failed(report: &Report) -> String {
    const MAX_NAMED: usize = 10;
    let more = report.counts.failed.saturating_sub(MAX_NAMED);
    let named = report.failures().take(MAX_NAMED).map(|case| case.id.clone());
    let more = (more > 0).then(|| format!("and {more} more"));
    format!("failed: {}", named.chain(more).collect::<Vec<_>>().join("; "))
}

fn settings(arguments: &Arguments) -> Result<Settings, Exit> {
    let suite = arguments.suite.into();
    let target = Target::parse(&arguments.target, suite).map_err(|why| Exit::usage(format!("--target {why}")))?;
    let key = config::secret_variable(&arguments.key_env).map_err(|why| Exit::usage(format!("--key-env {why}")))?;
    let mut granted = EndpointGrants::default();
    for pattern in &arguments.granted {
        if !granted.add(pattern) {
            return Err(Exit::usage(
                "--granted must be *, an area with /*, or an endpoint's path",
            ));
        }
    }
    let compare = arguments
        .compare
        .as_deref()
        .map(|path| earlier(path, suite))
        .transpose()?;
    Ok(Settings {
        target,
        suite,
        policy: arguments.policy.into(),
        intents: (!arguments.intents.is_empty()).then(|| {
            let stated = arguments.intents.iter();
            stated.map(|intent| intent.as_str().to_owned()).collect()
        }),
        granted,
        key,
        patient: arguments.patient_key.clone(),
        junction: JunctionNames {
            team: arguments.team.clone(),
            order: arguments.order.clone(),
            features: arguments.features.clone(),
            modalities: arguments.modalities.clone(),
        },
        other_team: arguments.other_team.clone(),
        allow_writes: arguments.allow_writes,
        compare,
    })
}

/// A run to compare with: of the same suite, or nothing in it is the same.
fn earlier(path: &Path, suite: Suite) -> Result<Report, Exit> {
    let bad = |why: &dyn std::fmt::Display| Exit::usage(format!("--compare {} {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| bad(&format!("cannot be read: {error}")))?;
    let report = Report::parse(&text).map_err(|why| bad(&why))?;
    if report.suite == suite {
        Ok(report)
    } else {
        Err(bad(&format!("is of the suite {}", report.suite.as_str())))
    }
}

fn write(folder: &Path, report: &Report) -> Result<(), Exit> {
    let files = [
        ("conformance.html", to_html(report).map_err(Exit::failure)?),
        ("conformance.json", report.to_json()),
        ("conformance.xml", to_junit(report).map_err(Exit::failure)?),
    ];
    let written = fs::create_dir_all(folder).and_then(|()| {
        let mut files = files.iter();
        files.try_for_each(|(name, text)| fs::write(folder.join(name), text))
    });
    written.map_err(|error| Exit::failure(format!("{} cannot be written: {error}", folder.display())))
}

/// On a terminal only, and gone when the run is over.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    match ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed} {wide_msg}") {
        Ok(style) => bar.with_style(style),
        Err(_the_default_will_do) => bar,
    }
}
