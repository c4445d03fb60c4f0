//! The JSON document of a launch that went well.

use domain::frame::Frame;
use serde::Serialize;

use crate::{
    gateway::Embed,
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
            frame: frame.into(),
        }
    }
}

impl EmbedDocument<'_> {
    pub(in crate::http) fn to_json(&self) -> Vec<u8> {
        json(self)
    }
}
