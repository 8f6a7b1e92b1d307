//! Headquarters.
pub mod view;
