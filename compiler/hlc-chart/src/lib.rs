//! Helm charts, without running Helm.
//!
//! - [`Archive`] and [`Chart`]: a chart's files from the bytes of its archive, with limits; its subcharts, values, templates.
//! - [`RenderRequest`], [`Renderer`]: what is asked of whoever renders charts, and what is answered; [`manifest`] reads it,
//!   [`Packed`] keeps it.
//! - [`Verdict`]: what a chart says of values.
//! - [`Lock`]: `hlc.lock`, which pins charts and manifests by digest and keeps the [surface](surface) of each release.
//!
//! Architecture invariants:
//! - Pure: bytes and text in, values and findings out. No file, no network, no process, no clock.
//! - Hostile archives end in an [`ArchiveError`]: size, number of files and ratio are bounded, and no name leads anywhere.
//! - The value of a Secret is in no surface and in no lock file.
//!
//! Start reading at [`Chart`], then [`render`] and [`lock`].

pub mod archive;
mod chart;
mod digest;
pub mod lock;
pub mod manifest;
pub mod packed;
pub mod range;
pub mod reads;
pub mod render;
pub mod schema;
mod source;
pub mod surface;
mod template;
pub mod values;
pub mod verdict;

pub use archive::{Archive, ArchiveError, Limits};
pub use chart::{Chart, ChartError, Dependency, Metadata};
pub use digest::{Digest, DigestError, Digester};
pub use lock::Lock;
pub use packed::Packed;
pub use render::{Archives, Capabilities, Memory, RenderFailure, RenderRequest, Renderer, Rendering, Unavailable};
pub use source::{ChartSource, Origin};
pub use verdict::Verdict;
