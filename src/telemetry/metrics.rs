//! The figures. A label is a variant of an enum or a configured id, by its type: no caller can make up a new series.

use std::{fmt, sync::Arc, time::Duration};

use domain::{
    code::Code, junction::JunctionCall, operation::Operation, outcome::Outcome, reason::Reason, vendor::Vendor,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{
    audit_metrics::AuditMetrics, event_metrics::EventMetrics, figures::ConfiguredId, forward_metrics::ForwardMetrics,
    order_metrics::OrderMetrics,
};

/// How long things take, in seconds: from a call on the same machine to the longest that may be configured.
const BUCKETS: [f64; 13] = [
    0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// What launches are counted by, shared by all workers.
#[derive(Debug)]
pub struct Metrics {
    launches: Family<LaunchLabels, Counter>,
    launch_duration: LaunchDuration,
    upstream_duration: Family<CallLabels, Histogram, fn() -> Histogram>,
    shed: Family<ShedLabels, Counter>,
    token_refusals: Family<TokenRefusalLabels, Counter>,
    known_users_asked: Family<RecollectionLabels, Counter>,
    known_users_dropped: Counter,
    reloads: Family<ReloadLabels, Counter>,
    reload_refused: Gauge,
    /// What is counted of the audit trail.
    pub audit: AuditMetrics,
    /// What is counted of its forwarding.
    pub forward: ForwardMetrics,
    /// What is counted of Junction's events.
    pub events: EventMetrics,
    /// What is counted of orders.
    pub orders: OrderMetrics,
    config_fingerprint: Family<FingerprintLabels, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LaunchLabels {
    endpoint: OrNone<Word<Operation>>,
    tenant: OrNone<ConfiguredId>,
    code: Word<Outcome>,
}

/// How long launches took, by how they ended; all there from the start, so that no launch has to look for its own.
#[derive(Debug)]
struct LaunchDuration {
    all: Family<OutcomeOfLaunch, Histogram, fn() -> Histogram>,
    ok: Histogram,
    explained: Histogram,
    refused: Histogram,
    client_gone: Histogram,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeOfLaunch {
    outcome: LaunchOutcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    tenant: ConfiguredId,
    upstream: Word<Vendor>,
    call: Word<UpstreamCall>,
    outcome: CallOutcome,
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UpstreamCall {
    /// Empego's embeddable endpoints, whichever.
    Embeddable,
    /// A call of Junction's.
    Junction(JunctionCall),
}

impl UpstreamCall {
    const fn vendor(self) -> Vendor {
        match self {
            Self::Embeddable => Vendor::Empego,
            Self::Junction(_) => Vendor::Junction,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Embeddable => "embeddable",
            Self::Junction(call) => call.as_str(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ShedLabels {
    tenant: OrNone<ConfiguredId>,
    reason: Shed,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TokenRefusalLabels {
    reason: Word<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FingerprintLabels {
    fingerprint: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RecollectionLabels {
    outcome: Recollection,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReloadLabels {
    outcome: Reload,
}

/// One of the domain's words, as a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Word<T>(T);

/// Something that an attempt may not have come to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct OrNone<T>(Option<T>);

/// Writes enums whose variants are a label's values.
macro_rules! label_values {
    ($($(#[$doc:meta])* $visibility:vis enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $visibility enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl EncodeLabelValue for $name {
            fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
                match self { $(Self::$variant => $text,)+ }.encode(encoder)
            }
        }
    )+};
}

label_values! {
    /// How a call to the upstream ended.
    pub enum CallOutcome {
        /// With an embed URL.
        Ok = "ok",
        /// With a response that holds none: a refusal, or something that was not asked for.
        Refused = "refused",
        /// With a timeout, a connection that failed, or a 5xx: what the breaker counts.
        Failed = "failed",
        /// Because its launch needed it no longer, or before it began: it says nothing about the upstream.
        CutShort = "cut_short",
    }

    /// How a reload of the configuration ended.
    pub enum Reload {
        /// It is in force.
        Applied = "applied",
        /// The old one stays in force.
        Refused = "refused",
    }

    /// What the gateway remembered of a clinician.
    pub enum Recollection {
        /// A launch with a complete profile, or an import.
        Seen = "seen",
        /// Neither.
        NeverSeen = "never_seen",
        /// The store could not be asked.
        Unavailable = "unavailable",
    }

    enum LaunchOutcome {
        Ok = "ok",
        Explained = "explained",
        Refused = "refused",
        ClientGone = "client_gone",
    }

    enum Shed {
        Overloaded = "overloaded",
        CircuitOpen = "circuit_open",
        RateLimited = "rate_limited",
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            launches: Family::default(),
            launch_duration: LaunchDuration::default(),
            upstream_duration: Family::new_with_constructor(histogram),
            shed: Family::default(),
            token_refusals: Family::default(),
            known_users_asked: Family::default(),
            known_users_dropped: Counter::default(),
            reloads: Family::default(),
            reload_refused: Gauge::default(),
            audit: AuditMetrics::default(),
            forward: ForwardMetrics::default(),
            events: EventMetrics::default(),
            orders: OrderMetrics::default(),
            config_fingerprint: Family::default(),
        };
        for outcome in [Reload::Applied, Reload::Refused] {
            drop(metrics.reloads.get_or_create(&ReloadLabels { outcome }));
        }
        for outcome in [Recollection::Seen, Recollection::NeverSeen, Recollection::Unavailable] {
            drop(metrics.known_users_asked.get_or_create(&RecollectionLabels { outcome }));
        }
        for reason in Reason::OF_TOKENS.iter().copied().map(Word) {
            drop(metrics.token_refusals.get_or_create(&TokenRefusalLabels { reason }));
        }
        metrics
    }
}

impl Metrics {
    /// Counts an attempt, whatever became of it.
    pub fn attempted(
        &self,
        operation: Option<Operation>,
        tenant: Option<&ConfiguredId>,
        outcome: Outcome,
        took: Duration,
    ) {
        let tenant = OrNone(tenant.map(Arc::clone));
        if let Some(reason) = shed(outcome) {
            let labels = ShedLabels {
                tenant: tenant.clone(),
                reason,
            };
            self.shed.get_or_create(&labels).inc();
        }
        self.launch_duration.of(outcome).observe(took.as_secs_f64());
        let labels = LaunchLabels {
            endpoint: OrNone(operation.map(Word)),
            tenant,
            code: Word(outcome),
        };
        self.launches.get_or_create(&labels).inc();
    }

    /// Counts a call to an upstream.
    pub fn called(&self, tenant: &ConfiguredId, call: UpstreamCall, outcome: CallOutcome, took: Duration) {
        let labels = CallLabels {
            tenant: Arc::clone(tenant),
            upstream: Word(call.vendor()),
            call: Word(call),
            outcome,
        };
        self.upstream_duration
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
    }

    /// Counts a token that proved nothing, by why; reasons that are about no token are not counted.
    pub fn refused_token(&self, reason: Reason) {
        if reason.is_of_token() {
            let labels = TokenRefusalLabels { reason: Word(reason) };
            self.token_refusals.get_or_create(&labels).inc();
        }
    }

    /// Counts what was remembered of a clinician, where the decision about a launch depended on it.
    pub fn asked_about_clinician(&self, outcome: Recollection) {
        self.known_users_asked
            .get_or_create(&RecollectionLabels { outcome })
            .inc();
    }

    /// Counts clinicians who were launched with a complete profile, and not remembered for it.
    pub fn dropped_known_users(&self, count: u64) {
        self.known_users_dropped.inc_by(count);
    }

    /// How many were not remembered.
    #[must_use]
    pub fn known_users_dropped(&self) -> u64 {
        self.known_users_dropped.get()
    }

    /// Counts a reload.
    pub fn reloaded(&self, outcome: Reload) {
        self.reloads.get_or_create(&ReloadLabels { outcome }).inc();
        self.reload_refused.set(match outcome {
            Reload::Applied => 0,
            Reload::Refused => 1,
        });
    }

    /// Shows which configuration is in force, and no other.
    pub fn configured(&self, fingerprint: impl fmt::Display) {
        self.config_fingerprint.clear();
        let labels = FingerprintLabels {
            fingerprint: fingerprint.to_string(),
        };
        self.config_fingerprint.get_or_create(&labels).set(1);
    }

    /// Shows that nothing of a tenant was shed yet: a series that begins at its first event hides that event.
    pub fn expect(&self, tenant: &ConfiguredId) {
        for reason in [Shed::Overloaded, Shed::CircuitOpen, Shed::RateLimited] {
            let tenant = OrNone(Some(Arc::clone(tenant)));
            drop(self.shed.get_or_create(&ShedLabels { tenant, reason }));
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "launches",
            "Requests to the launch listener, by outcome; without an endpoint it is no launch (unknown path, wrong method, preflight, /openapi.yaml), without a tenant it has no valid credential",
            self.launches.clone(),
        );
        registry.register(
            "launch_duration_seconds",
            "How long these requests took, from the head to the response",
            self.launch_duration.all.clone(),
        );
        registry.register(
            "upstream_duration_seconds",
            "How long each call to an upstream took that ended: ok with what the launch needs (\"there is none\" to a search included), refused with any other response, failed with a timeout, a broken connection or a 5xx, cut_short if its launch was refused for another reason first, or if it could not be built, a bug. A call whose client has left is counted once it has ended",
            self.upstream_duration.clone(),
        );
        registry.register(
            "shed",
            "Requests turned away to protect the gateway or its upstream; they are launches too. Without a tenant, an address failed authentication too often",
            self.shed.clone(),
        );
        registry.register(
            "token_refusals",
            "Tokens after Bearer that were refused, by reason",
            self.token_refusals.clone(),
        );
        registry.register(
            "known_users_asked",
            "Launches with a userId alone for which the store was asked whether the clinician was seen before, by what it said; unavailable if it did not say anything in time",
            self.known_users_asked.clone(),
        );
        registry.register(
            "known_users_dropped",
            "Clinicians launched with a complete profile who could not be written to the store; their next launch tries again",
            self.known_users_dropped.clone(),
        );
        registry.register("reloads", "Configuration reloads attempted", self.reloads.clone());
        registry.register(
            "reload_refused",
            "1 while a changed configuration is not in force because it was refused",
            self.reload_refused.clone(),
        );
        self.audit.register(registry);
        self.forward.register(registry);
        self.events.register(registry);
        self.orders.register(registry);
        registry.register(
            "config_fingerprint",
            "Always 1; its label is the start of the SHA-256 of the configuration file in force, to compare gateways by",
            self.config_fingerprint.clone(),
        );
    }
}

impl Default for LaunchDuration {
    fn default() -> Self {
        let all = Family::new_with_constructor(histogram as fn() -> Histogram);
        let of = |outcome| all.get_or_create_owned(&OutcomeOfLaunch { outcome });
        Self {
            ok: of(LaunchOutcome::Ok),
            explained: of(LaunchOutcome::Explained),
            refused: of(LaunchOutcome::Refused),
            client_gone: of(LaunchOutcome::ClientGone),
            all,
        }
    }
}

impl LaunchDuration {
    const fn of(&self, outcome: Outcome) -> &Histogram {
        match outcome {
            Outcome::Well => &self.ok,
            Outcome::Explained => &self.explained,
            Outcome::Refused(_) => &self.refused,
            Outcome::ClientGone => &self.client_gone,
        }
    }
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

/// Whether an attempt was turned away for the good of all.
fn shed(outcome: Outcome) -> Option<Shed> {
    match outcome {
        Outcome::Refused(Code::Overloaded) => Some(Shed::Overloaded),
        Outcome::Refused(Code::UpstreamCircuitOpen) => Some(Shed::CircuitOpen),
        Outcome::Refused(Code::RateLimited) => Some(Shed::RateLimited),
        Outcome::Well | Outcome::Explained | Outcome::ClientGone | Outcome::Refused(_) => None,
    }
}

impl<T: EncodeLabelValue> EncodeLabelValue for OrNone<T> {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.encode(encoder),
            None => "none".encode(encoder),
        }
    }
}

/// The domain knows no metrics: its words become labels here.
macro_rules! words {
    ($($name:ident),+) => {$(
        impl EncodeLabelValue for Word<$name> {
            fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
                self.0.as_str().encode(encoder)
            }
        }
    )+};
}

words!(Operation, Outcome, Reason, UpstreamCall, Vendor);
