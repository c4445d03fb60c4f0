//! What a run knows about the target's Junction.

/// What launches of Junction's app name, and what the target's tenant is granted there.
#[derive(Debug, Clone, Default)]
pub struct JunctionNames {
    /// The team, by the host's reference.
    pub team: String,
    /// An order of that team, by Junction's id; without one, no case opens an order.
    pub order: Option<String>,
    /// The features that are granted, as settings name them.
    pub features: Vec<String>,
    /// The modalities that are granted.
    pub modalities: Vec<String>,
}
