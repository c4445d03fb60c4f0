//! Whose words an event uses: the systems of codes and identifiers.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Where our own code systems and naming systems begin. They are names, not addresses.
pub const CANONICAL_BASE: &str = "https://empego-gateway.example/fhir";

/// A code of a known system, with the words that the system has for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    pub(super) system: &'static str,
    pub(super) code: &'static str,
    pub(super) display: &'static str,
}

/// Writes constants of one system from rows.
macro_rules! codes {
    ($($system:literal { $($name:ident = $code:literal, $display:literal;)+ })+) => {$($(
        pub(super) const $name: Term = Term { system: $system, code: $code, display: $display };
    )+)+};
}

codes! {
    "http://terminology.hl7.org/CodeSystem/audit-event-type" {
        REST = "rest", "Restful Operation";
    }
    "http://hl7.org/fhir/restful-interaction" {
        READ = "read", "read";
        OPERATION = "operation", "operation";
    }
    "http://dicom.nema.org/resources/ontology/DCM" {
        APPLICATION_ACTIVITY = "110100", "Application Activity";
        AUDIT_LOG_USED = "110101", "Audit Log Used";
        SECURITY_ALERT = "110113", "Security Alert";
        USER_AUTHENTICATION = "110114", "User Authentication";
        APPLICATION_START = "110120", "Application Start";
        APPLICATION_STOP = "110121", "Application Stop";
        RECORDING_STARTED = "110134", "Audit Recording Started";
        APPLICATION = "110150", "Application";
        DESTINATION = "110152", "Destination Role ID";
        SOURCE = "110153", "Source Role ID";
    }
    "http://terminology.hl7.org/CodeSystem/v3-ParticipationType" {
        RECIPIENT = "IRCP", "information recipient";
    }
    "https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes" {
        TOKEN_USER = "UserOauthAgent", "User OAuth Agent participant";
    }
    "http://terminology.hl7.org/CodeSystem/security-source-type" {
        APPLICATION_SERVER = "4", "Application Server";
    }
    "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType" {
        REQUEST_ID = "XrequestId", "transport specific unique identifier where http X-Request-Id is used";
    }
    "http://terminology.hl7.org/CodeSystem/audit-entity-type" {
        PERSON = "1", "Person";
        SYSTEM_OBJECT = "2", "System Object";
    }
    "http://terminology.hl7.org/CodeSystem/object-role" {
        PATIENT = "1", "Patient";
        DOMAIN_RESOURCE = "4", "Domain Resource";
        SECURITY_RESOURCE = "13", "Security Resource";
    }
}

/// HL7's reasons for an act, of which a record's `purpose` is one.
pub(super) const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

/// A profile of IHE's Basic Audit Log Patterns.
pub(super) fn balp_profile(name: &str) -> String {
    format!("https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.{name}")
}

/// A code system of ours.
pub(super) fn code_system(name: &str) -> String {
    format!("{CANONICAL_BASE}/CodeSystem/{name}")
}

/// A system of identifiers of ours.
pub(super) fn naming_system(name: &str) -> String {
    format!("{CANONICAL_BASE}/NamingSystem/{name}")
}

/// One whose identifiers mean something only together with a key or a tenant, by its id.
pub(super) fn naming_system_of(name: &str, id: &str) -> String {
    format!("{CANONICAL_BASE}/NamingSystem/{name}/{}", in_uri(id))
}

/// A text as part of a URI.
pub(super) fn in_uri(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// What has a meaning in a URI, or no place there.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
