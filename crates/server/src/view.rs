//! What headquarters tells its pages of who looks at them; stories are shown as [`blon_core::page`] says. Every shape here is
//! also a TypeScript type.

use blon_core::id::PersonName;
use blon_core::review::Role;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Name and password of somebody who signs in.
#[derive(Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The person's name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Session {
    /// The person.
    pub person: PersonName,
    /// What they do.
    pub role: Role,
    /// Their team; may be empty.
    pub team: String,
    /// Sent back in the `x-blon-csrf` header of every request that changes something.
    pub csrf: String,
}
