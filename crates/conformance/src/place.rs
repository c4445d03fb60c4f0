//! What a case is sent to: an endpoint of Empego's, or Junction's app.

use domain::empego::{Audience, Endpoint};

/// Where launches of Junction's app are asked for, below `/v1/`.
const JUNCTION: &str = "junction/launch";

/// Something that launches are asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Empego(Endpoint),
    Junction,
}

impl Place {
    /// As reports name it, and the end of its path.
    pub(super) fn tail(self) -> &'static str {
        match self {
            Self::Empego(endpoint) => endpoint.tail(),
            Self::Junction => JUNCTION,
        }
    }

    /// Whether `patientKey` is one of its parameters.
    pub(super) fn takes_patient(self) -> bool {
        match self {
            Self::Empego(endpoint) => endpoint.takes_patient(),
            Self::Junction => false,
        }
    }

    /// Whether it has to be.
    pub(super) fn needs_patient(self) -> bool {
        match self {
            Self::Empego(endpoint) => !endpoint.required().is_empty(),
            Self::Junction => false,
        }
    }

    /// For whom the page is made.
    pub(super) fn audience(self) -> &'static str {
        match self {
            Self::Empego(endpoint) => endpoint.audience().as_str(),
            Self::Junction => Audience::Clinician.as_str(),
        }
    }
}
