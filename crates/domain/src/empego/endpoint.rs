//! The twelve embeddable endpoints (Empego's page "Get embeddable with user"), each in one row.

use super::parameter::ParameterName;
use crate::operation::Operation;

/// Writes the enum and its table from the same rows.
macro_rules! endpoints {
    ($($variant:ident => $area:ident $tail:literal, $opens:literal, $patient:ident, $audience:ident;)+) => {
        /// One of Empego's embeddable endpoints.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Endpoint {
            $(#[doc = $opens] $variant,)+
        }

        impl Endpoint {
            /// Every endpoint, in the order of Empego's page.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            const fn row(self) -> Row {
                match self {
                    $(Self::$variant => Row {
                        area: Area::$area,
                        tail: $tail,
                        opens: $opens,
                        patient: Patient::$patient,
                        audience: Audience::$audience,
                    },)+
                }
            }
        }
    };
}

struct Row {
    area: Area,
    tail: &'static str,
    opens: &'static str,
    patient: Patient,
    audience: Audience,
}

endpoints! {
    ConsultationView => Consultation "consultation/view", "Starts a consultation with a patient", Required, Clinician;
    ConsultationDashboard => Consultation "consultation/dashboard", "The consultation dashboard", NotTaken, Clinician;
    ConsultationSpecific => Consultation "consultation/specific", "The details of one consultation", NotTaken, Clinician;
    ConsultationAnswer => Consultation "consultation/answer", "The patient answers a consultation", NotTaken, Patient;
    FollowupView => Followup "followup/view", "Creates a follow-up with a patient", Required, Clinician;
    FollowupDashboard => Followup "followup/dashboard", "The follow-up dashboard", NotTaken, Clinician;
    FollowupSpecific => Followup "followup/specific", "The details of one follow-up", NotTaken, Clinician;
    FollowupPlan => Followup "followup/plan", "Plans a follow-up with prefilled data", Taken, Clinician;
    FranchiseManagement => Administration "administration/franchise-management", "Franchise management", NotTaken, Clinician;
    FranchiseOnboarding => Administration "administration/franchise-onboarding", "Franchise onboarding", NotTaken, Clinician;
    FranchiseOffboarding => Administration "administration/franchise-offboarding", "Franchise offboarding", NotTaken, Clinician;
    Statistics => Statistics "statistics", "The statistics dashboard", NotTaken, Clinician;
}

/// What an endpoint does with `patientKey`, as far as Empego's pages tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patient {
    /// It is about a patient, who must be named.
    Required,
    /// It can be about a patient.
    Taken,
    /// It is about no one patient.
    NotTaken,
}

/// The part of Empego's app an endpoint belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Consultations.
    Consultation,
    /// Follow-ups.
    Followup,
    /// Administration of franchises.
    Administration,
    /// Statistics.
    Statistics,
}

impl Area {
    /// The first segment of the endpoint's path after `embeddable/`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consultation => "consultation",
            Self::Followup => "followup",
            Self::Administration => "administration",
            Self::Statistics => "statistics",
        }
    }
}

/// For whom the page behind an embed URL is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The clinician.
    Clinician,
    /// The patient.
    Patient,
}

impl Audience {
    /// As in the answer's `audience`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clinician => "clinician",
            Self::Patient => "patient",
        }
    }
}

impl Endpoint {
    /// The path after `embeddable/`, without a slash at the start: also the endpoint's name in settings and logs.
    #[must_use]
    pub const fn tail(self) -> &'static str {
        self.row().tail
    }

    /// What asking for it is called in logs and metrics.
    #[must_use]
    pub const fn operation(self) -> Operation {
        Operation::named(self.tail())
    }

    /// The area it belongs to.
    #[must_use]
    pub const fn area(self) -> Area {
        self.row().area
    }

    /// What it opens, for people.
    #[must_use]
    pub const fn opens(self) -> &'static str {
        self.row().opens
    }

    /// The parameters that every launch of it must state.
    #[must_use]
    pub const fn required(self) -> &'static [ParameterName] {
        match self.row().patient {
            Patient::Required => &[ParameterName::PatientKey],
            Patient::Taken | Patient::NotTaken => &[],
        }
    }

    /// Whether it is about the patient in `patientKey`.
    #[must_use]
    pub const fn takes_patient(self) -> bool {
        match self.row().patient {
            Patient::Required | Patient::Taken => true,
            Patient::NotTaken => false,
        }
    }

    /// For whom the page is made.
    #[must_use]
    pub const fn audience(self) -> Audience {
        self.row().audience
    }

    /// The endpoint of this path tail.
    #[must_use]
    pub fn of_tail(tail: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|endpoint| endpoint.tail() == tail)
    }
}

/// The endpoints a tenant was granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointGrants(Vec<Endpoint>);

impl EndpointGrants {
    /// Adds what one pattern of the setting stands for: `*`, an area with `/*`, or one endpoint's path.
    ///
    /// Returns whether the pattern stands for anything.
    #[must_use]
    pub fn add(&mut self, pattern: &str) -> bool {
        let area = pattern.strip_suffix("/*");
        let before = self.0.len();
        let mut known = false;
        for endpoint in Endpoint::ALL.iter().copied() {
            let in_area = area == Some(endpoint.area().as_str()) && endpoint.area() != Area::Statistics;
            if pattern == "*" || in_area || pattern == endpoint.tail() {
                known = true;
                if !self.0.iter().take(before).any(|granted| *granted == endpoint) {
                    self.0.push(endpoint);
                }
            }
        }
        known
    }

    /// Whether launches of this endpoint are granted.
    #[must_use]
    pub fn include(&self, endpoint: Endpoint) -> bool {
        self.0.contains(&endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tail_names_its_endpoint_and_starts_with_its_area() {
        assert_eq!(Endpoint::ALL.len(), 12);
        for endpoint in Endpoint::ALL.iter().copied() {
            assert_eq!(Endpoint::of_tail(endpoint.tail()), Some(endpoint));
            assert!(endpoint.tail().starts_with(endpoint.area().as_str()));
        }
    }

    #[test]
    fn grants_are_stars_areas_and_single_endpoints() {
        let rows: &[(&[&str], &[Endpoint])] = &[
            (&["*"], Endpoint::ALL),
            (&["statistics"], &[Endpoint::Statistics]),
            (
                &["followup/plan", "followup/*"],
                &[
                    Endpoint::FollowupPlan,
                    Endpoint::FollowupView,
                    Endpoint::FollowupDashboard,
                    Endpoint::FollowupSpecific,
                ],
            ),
            (&[], &[]),
        ];
        for (patterns, granted) in rows {
            let mut grants = EndpointGrants::default();
            assert!(patterns.iter().all(|pattern| grants.add(pattern)));
            for endpoint in Endpoint::ALL.iter().copied() {
                assert_eq!(
                    grants.include(endpoint),
                    granted.contains(&endpoint),
                    "{patterns:?} {endpoint:?}"
                );
            }
        }
        for unknown in [
            "",
            "consultation",
            "consultation/",
            "consultation/veiw",
            "*/*",
            "Statistics",
            "statistics/*",
        ] {
            assert!(!EndpointGrants::default().add(unknown), "{unknown}");
        }
    }
}
