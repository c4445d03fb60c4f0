//! The JSON document of a launch that went well.

use actix_web::http::header::HeaderValue;
use domain::{frame::Frame, json_text};
use secrecy::ExposeSecret as _;

use crate::{
    gateway::{Delivered, Embed},
    http::frame_document::FrameDocument,
};

/// An embed URL, with what the host should know about it.
pub(in crate::http) struct EmbedDocument<'a> {
    url: &'a str,
    origin: &'a str,
    identity: &'static str,
    audience: &'static str,
    warnings: Vec<&'static str>,
    request_id: &'a str,
    frame: FrameDocument<'a>,
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
    pub(in crate::http) const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/json");

    pub(in crate::http) fn to_json(&self) -> Vec<u8> {
        /// As much as most hold.
        const USUAL_BYTES: usize = 512;
        let mut json = Vec::with_capacity(USUAL_BYTES);
        json_text::object(&mut json, |members| {
            members.text("url", self.url);
            members.text("origin", self.origin);
            members.text("identity", self.identity);
            members.text("audience", self.audience);
            members.texts("warnings", &self.warnings);
            members.text("requestId", self.request_id);
            members.object("frame", |members| self.frame.write(members));
            if let Some(seconds) = self.expires_in {
                members.number("expiresIn", seconds);
            }
        });
        json
    }
}
