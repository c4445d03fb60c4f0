//! The JSON document of a launch that went well.

use domain::frame::Frame;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::{
    gateway::{Delivered, Embed},
    http::{edge::json::json, frame_document::FrameDocument},
};

/// An embed URL, with what the host should know about it.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
}

impl<'a> EmbedDocument<'a> {
    pub(in crate::http) fn new(
        embed: &'a Embed,
        delivered: &'a Delivered,
        frame: &'a Frame,
        request_id: &'a str,
    ) -> Self {
        Self {
            url: delivered.url.expose_secret(),
            origin: embed.url.origin(),
            identity: embed.plan.identity.as_str(),
            audience: embed.plan.endpoint.audience().as_str(),
            warnings: embed.plan.warnings.iter().map(|warning| warning.as_str()).collect(),
            request_id,
            frame: frame.into(),
            expires_in: delivered.expires_in,
        }
    }
}

impl EmbedDocument<'_> {
    pub(in crate::http) fn to_json(&self) -> Vec<u8> {
        json(self)
    }
}
