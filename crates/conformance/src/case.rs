//! What a row of the table is made of: what is sent, and what may come back.

use super::report::Suite;

/// One fact about every endpoint that it applies to.
#[derive(Debug)]
pub(super) struct Case {
    /// Its name in reports, stable.
    pub(super) name: &'static str,
    /// What is sent, for people.
    pub(super) title: &'static str,
    pub(super) ask: Ask,
    /// What may come back under `policy = "documented"`: one thing, or several where Empego's page contradicts itself.
    pub(super) documented: &'static [Outcome],
    /// What may come back under `policy = "strict"`.
    pub(super) strict: &'static [Outcome],
}

/// Cases about one thing.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) cases: &'static [Case],
}

/// What is sent. The parts that a case does not name are as in a good request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) of: Of,
    pub(super) method: Method,
    pub(super) key: Key,
    /// Every `x-integration-user`.
    pub(super) user: &'static [User],
    /// Further headers.
    pub(super) headers: &'static [(&'static str, &'static str)],
    /// Query pairs besides the patient's, as they are sent.
    pub(super) query: &'static str,
    /// Whether the patient is named where the endpoint takes one.
    pub(super) names_patient: bool,
    pub(super) body: Body,
    pub(super) media_type: Option<&'static str>,
    /// What follows the endpoint's path.
    pub(super) below: &'static str,
}

/// Which endpoints a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Every,
    /// Those that require `patientKey`.
    NeedingPatient,
    /// Junction's app, if the run was told of an order that its team has.
    NamingOrder,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    Get,
    Post,
}

/// How the caller proves itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    None,
    /// The key, in `Api-Key`.
    Alone,
    /// The key, in `Authorization: Bearer`.
    Bearer,
    /// Both of them.
    Twice,
    /// An unknown key, in `Api-Key`.
    Wrong,
    /// `Api-Key` with nothing in it.
    Empty,
    /// The key, as a scheme that is not `Bearer`.
    OtherScheme,
}

/// One `x-integration-user`.
#[derive(Debug, Clone, Copy)]
pub(super) enum User {
    /// The value itself.
    Value(&'static str),
    /// Base64 of these bytes, padded.
    Of(&'static [u8]),
    /// Base64 of these bytes, without padding.
    Unpadded(&'static [u8]),
    /// A character many times.
    Long(usize),
}

/// The body.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body {
    None,
    /// A JSON object of these members, each with its value as JSON; the patient's is added.
    Members(&'static [(&'static str, &'static str)]),
    /// These bytes.
    Bytes(&'static [u8]),
    /// So many spaces.
    Long(usize),
}

/// What may come back.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    /// The embed URL alone.
    Url {
        warnings: &'static [&'static str],
    },
    /// The JSON document around it.
    Document {
        identity: &'static str,
        warnings: &'static [&'static str],
    },
    /// An error document.
    /// The JSON document of a launch of Junction's app.
    Junction {
        /// The feature, with a star in the place of an id.
        feature: &'static str,
        modality: &'static str,
    },
    Error(Error),
}

/// An error document's contents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Error {
    pub(super) status: u16,
    /// Empego's own has no code.
    pub(super) code: Option<&'static str>,
    pub(super) source: Source,
    pub(super) message: &'static str,
    /// The fields at fault, each with its own code.
    pub(super) fields: &'static [(&'static str, &'static str)],
    /// Whether it comes before the gateway looks whether the endpoint is granted.
    pub(super) before_grants: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Caller,
    Gateway,
    Upstream,
}

impl Source {
    /// As in the document's `source`.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Gateway => "gateway",
            Self::Upstream => "upstream",
        }
    }
}

impl Ask {
    /// The intent that a request states, if it states one. Without a user header, silence on the path for existing clients
    /// means the key's owner.
    pub(super) fn intent(&self, suite: Suite) -> Option<&'static str> {
        match suite {
            Suite::Upstream | Suite::Junction | Suite::Orders => None,
            Suite::Compat => {
                let stated = self.headers.iter().find(|(name, _)| *name == "x-integration-intent");
                let silent = (self.user.is_empty()).then_some("owner");
                stated.map(|(_, intent)| *intent).or(silent)
            }
            Suite::Native => self.member("intent"),
        }
    }

    /// The text of a member of the body.
    fn member(&self, name: &str) -> Option<&'static str> {
        match self.body {
            Body::Members(members) => {
                let stated = members.iter().find(|(stated, _)| *stated == name);
                stated.map(|(_, value)| value.trim_matches('"'))
            }
            Body::None | Body::Bytes(_) | Body::Long(_) => None,
        }
    }

    /// The grants that a launch of Junction's app needs: of its feature, with a star in the place of an id, and of its
    /// modality. A new order for a patient needs that of the patient's.
    pub(super) fn grants(&self) -> Option<(String, &'static str)> {
        let feature = self.member("feature")?;
        let is_about_patient = feature == "order_creation" && self.member("patient").is_some();
        let pattern = match feature.split_once(':') {
            Some((name, _)) => format!("{name}:*"),
            None if is_about_patient => format!("{feature}:*"),
            None => feature.to_owned(),
        };
        Some((pattern, self.member("modality")?))
    }
}

impl Outcome {
    /// The same error, naming these fields.
    pub(super) const fn at(self, fields: &'static [(&'static str, &'static str)]) -> Self {
        match self {
            Self::Error(error) => Self::Error(Error { fields, ..error }),
            Self::Url { .. } | Self::Document { .. } | Self::Junction { .. } => self,
        }
    }

    /// Whether it is decided by the intent, or comes after that: what a request is refused for before has no intent yet.
    pub(super) fn is_decided(self) -> bool {
        match self {
            Self::Url { .. } | Self::Document { .. } | Self::Junction { .. } => true,
            Self::Error(error) => matches!(
                error.code,
                Some(
                    "identity_required"
                        | "intent_conflict"
                        | "intent_required"
                        | "owner_clone_denied"
                        | "owner_session_denied"
                        | "upstream_user_fields_missing"
                        | "user_fields_missing"
                )
            ),
        }
    }

    /// Whether a feature that was not granted is refused before it comes to this.
    pub(super) fn comes_after_grants(self) -> bool {
        match self {
            Self::Url { .. } | Self::Document { .. } | Self::Junction { .. } => true,
            Self::Error(error) => matches!(error.code, Some("junction_not_found" | "user_fields_missing")),
        }
    }

    /// Its HTTP status.
    pub(super) const fn status(self) -> u16 {
        match self {
            Self::Url { .. } | Self::Document { .. } | Self::Junction { .. } => 200,
            Self::Error(error) => error.status,
        }
    }

    /// Whether a session is opened.
    pub(super) const fn is_launch(self) -> bool {
        match self {
            Self::Url { .. } | Self::Document { .. } | Self::Junction { .. } => true,
            Self::Error(_) => false,
        }
    }
}
