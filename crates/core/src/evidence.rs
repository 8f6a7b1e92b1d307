//! What supports a claim of change, with or without a file.

use crate::change::Rating;
use crate::id::{Digest, EvidenceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The kinds of evidence that the method knows (domain.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// What somebody else says of the same change.
    Testimony,
    /// A paper: minutes, a register, a notebook.
    Document,
    /// A photograph taken as evidence.
    Photo,
    /// A recording of sound.
    Audio,
    /// A thing that can be seen or held.
    Object,
    /// What the collector saw.
    Observation,
}

/// The file of a piece of evidence. The bytes travel apart from the records and are found by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct FileRef {
    /// SHA-256 of the bytes.
    pub sha256: Digest,
    /// Size in bytes.
    pub bytes: u64,
    /// Media type, such as `image/jpeg`.
    pub media_type: String,
    /// Places of a recording that the collector marked while it ran, in milliseconds from its start, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<u32>>")]
    pub marks: Vec<u32>,
}

impl FileRef {
    /// Whether the file is a picture.
    pub fn is_image(&self) -> bool {
        self.media_type.starts_with("image/")
    }

    /// Whether the file is sound.
    pub fn is_audio(&self) -> bool {
        self.media_type.starts_with("audio/")
    }
}

/// One piece of evidence for one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Stable over revisions.
    pub id: EvidenceId,
    /// What kind it is; `None` until the collector has chosen.
    pub kind: Option<EvidenceKind>,
    /// What it shows, in words; kept even if the file is lost.
    pub description: String,
    /// How strongly it supports the claim, 1 to 5, by the collector.
    pub strength: Option<Rating>,
    /// The file, if there is one.
    pub file: Option<FileRef>,
}
