//! The JSON documents of launches that went well.

use domain::{frame::Frame, junction::FastLaunch};
use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::{
    gateway::{Delivered, JunctionEmbed},
    http::frame_document::FrameDocument,
};

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
    frame: FrameDocument<'a>,
}

impl<'a> JunctionDocument<'a> {
    pub(in crate::http) fn new(
        embed: &'a JunctionEmbed,
        delivered: &'a Delivered,
        frame: &'a Frame,
        request_id: &'a str,
    ) -> Self {
        Self {
            url: delivered.url.expose_secret(),
            expires_in: delivered
                .expires_in
                .map_or(embed.expires_in, |bound| bound.min(embed.expires_in)),
            modality: embed.modality.as_str(),
            feature: embed.feature.to_string(),
            origin: embed.url.origin(),
            request_id,
            frame: frame.into(),
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
    frame: FrameDocument<'a>,
}

impl<'a> FastLaunchDocument<'a> {
    pub(in crate::http) fn new(launch: &'a FastLaunch, frame: &'a Frame, request_id: &'a str) -> Self {
        Self {
            url: &launch.url,
            modality: launch.modality.as_str(),
            feature: launch.feature.to_string(),
            origin: &launch.origin,
            request_id,
            frame: frame.into(),
        }
    }
}
