//! Why an issuer's keys could not be had, for the operator. Neither an address nor anything that an issuer wrote is in it.

use std::fmt;

use super::{fetcher::NoDocument, key_set::NoKeySet, unused::Unused};
use crate::upstream::wire::{Cause, NoAnswer, TlsFault};

/// Why there are no keys, or no newer ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoKeys {
    /// Which document is at fault.
    pub(super) document: KeyDocument,
    pub(super) why: WhyNoKeys,
}

/// A document on the way to the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyDocument {
    Discovery,
    KeySet,
    File,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WhyNoKeys {
    NoDocument(NoDocument),
    NotADocument,
    NoUsableKey(Unused),
    OtherIssuer,
}

impl KeyDocument {
    /// As in the log.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::KeySet => "key_set",
            Self::File => "file",
        }
    }

    pub(super) fn is_at_fault(self, why: impl Into<WhyNoKeys>) -> NoKeys {
        NoKeys {
            document: self,
            why: why.into(),
        }
    }
}

impl From<NoDocument> for WhyNoKeys {
    fn from(no_document: NoDocument) -> Self {
        Self::NoDocument(no_document)
    }
}

impl From<NoKeySet> for WhyNoKeys {
    fn from(no_key_set: NoKeySet) -> Self {
        match no_key_set {
            NoKeySet::NotADocument => Self::NotADocument,
            NoKeySet::NoUsableKey(unused) => Self::NoUsableKey(unused),
        }
    }
}

impl NoKeys {
    /// Whether it is about the discovery document, so that the keys were not even asked for.
    #[must_use]
    pub const fn is_about_discovery(&self) -> bool {
        match self.document {
            KeyDocument::Discovery => true,
            KeyDocument::KeySet | KeyDocument::File => false,
        }
    }

    /// Why there was no response, if that is why.
    #[must_use]
    pub const fn no_answer(&self) -> Option<NoAnswer> {
        match &self.why {
            WhyNoKeys::NoDocument(NoDocument::NoAnswer(no_answer)) => Some(*no_answer),
            WhyNoKeys::NoDocument(
                NoDocument::Status(_) | NoDocument::NoFile | NoDocument::TooLarge | NoDocument::Compressed,
            )
            | WhyNoKeys::NotADocument
            | WhyNoKeys::NoUsableKey(_)
            | WhyNoKeys::OtherIssuer => None,
        }
    }

    /// One word, as in the log.
    pub(super) const fn word(&self) -> &'static str {
        match &self.why {
            WhyNoKeys::NoDocument(NoDocument::NoAnswer(no_answer)) => match no_answer {
                NoAnswer::ConnectTimeout | NoAnswer::Timeout => "timeout",
                NoAnswer::Unsendable => "unsafe_address",
                NoAnswer::Unreachable { cause, .. } => match cause {
                    Cause::Tls(TlsFault::UnknownAuthority) => "unknown_authority",
                    Cause::Tls(TlsFault::OtherName) => "other_name",
                    Cause::Tls(TlsFault::OtherTime) => "other_time",
                    Cause::Tls(TlsFault::Other)
                    | Cause::Dns
                    | Cause::Refused
                    | Cause::Proxy
                    | Cause::Broken
                    | Cause::Other => cause.as_str(),
                },
            },
            WhyNoKeys::NoDocument(NoDocument::Status(_)) => "status",
            WhyNoKeys::NoDocument(NoDocument::NoFile) => "no_file",
            WhyNoKeys::NoDocument(NoDocument::TooLarge) => "too_large",
            WhyNoKeys::NoDocument(NoDocument::Compressed) => "compressed",
            WhyNoKeys::NotADocument => "not_a_document",
            WhyNoKeys::NoUsableKey(_) => "no_usable_key",
            WhyNoKeys::OtherIssuer => "other_issuer",
        }
    }

    /// The status of the response, if that is why.
    pub(super) const fn status(&self) -> Option<u16> {
        match &self.why {
            WhyNoKeys::NoDocument(NoDocument::Status(status)) => Some(*status),
            WhyNoKeys::NoDocument(
                NoDocument::NoAnswer(_) | NoDocument::NoFile | NoDocument::TooLarge | NoDocument::Compressed,
            )
            | WhyNoKeys::NotADocument
            | WhyNoKeys::NoUsableKey(_)
            | WhyNoKeys::OtherIssuer => None,
        }
    }

    /// The keys that cannot be used, if that is why.
    pub(super) const fn unused(&self) -> Option<&Unused> {
        match &self.why {
            WhyNoKeys::NoUsableKey(unused) => Some(unused),
            WhyNoKeys::NoDocument(_) | WhyNoKeys::NotADocument | WhyNoKeys::OtherIssuer => None,
        }
    }
}

impl fmt::Display for NoKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.document {
            KeyDocument::Discovery => "the discovery document ",
            KeyDocument::KeySet => "the key set ",
            KeyDocument::File => "the key file ",
        })?;
        match &self.why {
            WhyNoKeys::NoDocument(NoDocument::Status(status @ 300..=399)) => {
                write!(formatter, "responded with {status}; redirects are not followed")
            }
            WhyNoKeys::NoDocument(NoDocument::Status(status)) => write!(formatter, "responded with {status}"),
            WhyNoKeys::NoDocument(NoDocument::NoAnswer(no_answer)) => formatter.write_str(silence(*no_answer)),
            WhyNoKeys::NoDocument(NoDocument::NoFile) => formatter.write_str("cannot be read"),
            WhyNoKeys::NoDocument(NoDocument::TooLarge) => formatter.write_str("exceeds 256 KiB"),
            WhyNoKeys::NoDocument(NoDocument::Compressed) => {
                formatter.write_str("is compressed, unasked, in a way that the gateway does not read")
            }
            WhyNoKeys::NotADocument => formatter.write_str("is not the expected JSON document"),
            WhyNoKeys::NoUsableKey(unused) if unused.is_none() => formatter.write_str("contains no keys"),
            WhyNoKeys::NoUsableKey(unused) => write!(formatter, "contains no usable key: {unused}"),
            WhyNoKeys::OtherIssuer => formatter.write_str("names a different issuer than the host's issuer setting"),
        }
    }
}

const fn silence(no_answer: NoAnswer) -> &'static str {
    match no_answer {
        NoAnswer::ConnectTimeout => "did not arrive: no connection in time",
        NoAnswer::Timeout => "did not arrive in time",
        NoAnswer::Unsendable => "is at an address that must not be called without TLS",
        NoAnswer::Unreachable { cause, .. } => match cause {
            Cause::Dns => "cannot be reached: its host name does not resolve",
            Cause::Refused => "cannot be reached: the connection was refused",
            Cause::Tls(TlsFault::UnknownAuthority) => {
                "cannot be reached: this machine does not trust the authority that signed its certificate; add it with \
                 [egress] ca_file"
            }
            Cause::Tls(TlsFault::OtherName) => "cannot be reached: its certificate is for a different name",
            Cause::Tls(TlsFault::OtherTime) => "cannot be reached: its certificate has expired or is not valid yet",
            Cause::Tls(TlsFault::Other) => "cannot be reached: the TLS handshake failed",
            Cause::Proxy => "cannot be reached: the proxy in [egress] is down or refused the connection",
            Cause::Broken => "cannot be reached: the connection broke, or the response was not HTTP",
            Cause::Other => "cannot be reached",
        },
    }
}
