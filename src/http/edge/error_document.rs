//! The two JSON documents of the API: an embed URL with what to know about it, and an error.

use actix_web::http::StatusCode;
use domain::{empego::Frame, fault::FieldError, junction::FastLaunch, refusal::Refusal};
use serde::Serialize;

use crate::gateway::{Embed, JunctionEmbed};

/// Section 2.2's answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct EmbedDocument<'a> {
    url: &'a str,
    origin: &'a str,
    identity: &'static str,
    audience: &'static str,
    warnings: Vec<&'static str>,
    request_id: &'a str,
    frame: FrameDocument<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FrameDocument<'a> {
    referrer_policy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<&'a str>,
}

impl<'a> EmbedDocument<'a> {
    pub(in crate::http) fn new(embed: &'a Embed, frame: &'a Frame, request_id: &'a str) -> Self {
        Self {
            url: embed.url.as_str(),
            origin: embed.url.origin(),
            identity: embed.plan.identity.as_str(),
            audience: embed.plan.endpoint.audience().as_str(),
            warnings: embed.plan.warnings.iter().map(|warning| warning.as_str()).collect(),
            request_id,
            frame: FrameDocument {
                referrer_policy: &frame.referrer_policy,
                allow: frame.allow.as_deref(),
                sandbox: frame.sandbox.as_deref(),
            },
        }
    }
}

impl EmbedDocument<'_> {
    pub(in crate::http) fn to_json(&self) -> Vec<u8> {
        json(self)
    }
}

/// The answer of a launch of Junction's app.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct JunctionDocument<'a> {
    url: &'a str,
    expires_in: u64,
    modality: &'static str,
    feature: String,
    origin: &'a str,
    request_id: &'a str,
}

impl<'a> JunctionDocument<'a> {
    pub(in crate::http) fn new(embed: &'a JunctionEmbed, request_id: &'a str) -> Self {
        Self {
            url: embed.url.as_str(),
            expires_in: embed.expires_in,
            modality: embed.modality.as_str(),
            feature: embed.feature.to_string(),
            origin: embed.url.origin(),
            request_id,
        }
    }
}

/// An address for Fast Launch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct FastLaunchDocument<'a> {
    url: &'a str,
    modality: &'static str,
    feature: String,
    origin: &'a str,
    request_id: &'a str,
}

impl<'a> FastLaunchDocument<'a> {
    pub(in crate::http) fn new(launch: &'a FastLaunch, request_id: &'a str) -> Self {
        Self {
            url: &launch.url,
            modality: launch.modality.as_str(),
            feature: launch.feature.to_string(),
            origin: &launch.origin,
            request_id,
        }
    }
}

/// Section 2.4's one shape: Empego's documented members first, the gateway's after them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct ErrorDocument<'a> {
    timestamp: String,
    status: u16,
    error: &'static str,
    message: &'static str,
    path: &'a str,
    code: &'static str,
    source: &'static str,
    retryable: bool,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<UpstreamDocument<'a>>,
    errors: Vec<FieldDocument<'a>>,
}

#[derive(Serialize)]
struct UpstreamDocument<'a> {
    /// `null` if no answer came.
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

/// One of the fields at fault.
#[derive(Debug, Serialize)]
pub(in crate::http) struct FieldDocument<'a> {
    field: &'a str,
    code: &'static str,
    message: String,
}

impl<'a> ErrorDocument<'a> {
    pub(in crate::http) fn new(refusal: &'a Refusal, path: &'a str, request_id: &'a str) -> Self {
        let status = StatusCode::from_u16(refusal.status).ok();
        Self {
            timestamp: format!("{:.3}", jiff::Timestamp::now()),
            status: refusal.status,
            error: status.and_then(|status| status.canonical_reason()).unwrap_or_default(),
            message: refusal.code.message(),
            path,
            code: refusal.code.as_str(),
            source: refusal.code.source().as_str(),
            retryable: refusal.retryable,
            request_id,
            upstream: refusal.upstream.as_ref().map(|upstream| UpstreamDocument {
                status: upstream.status,
                message: upstream.message.as_deref(),
            }),
            errors: refusal.errors.iter().map(FieldDocument::new).collect(),
        }
    }

    pub(in crate::http) fn to_json(&self) -> Vec<u8> {
        json(self)
    }
}

/// A document with room for what most hold.
#[expect(
    clippy::expect_used,
    reason = "serialising a struct of texts and numbers to memory cannot fail"
)]
fn json(document: &impl Serialize) -> Vec<u8> {
    let mut json = Vec::with_capacity(512);
    serde_json::to_writer(&mut json, document).expect("texts and numbers serialise");
    json
}

impl<'a> FieldDocument<'a> {
    pub(in crate::http) fn new(error: &'a FieldError) -> Self {
        Self {
            field: &error.field,
            code: error.fault.code(),
            message: error.fault.message().into_owned(),
        }
    }
}
