//! JSON Schema of what is written as a plain text or number; every other type derives its own.

use crate::change::Rating;
use crate::id::{CampaignId, Digest, PersonName};
use crate::remark::{AnswerPath, ThreadId};
use crate::sealed::{Sealed, SealedFace, SealedFile};
use crate::withdrawal::WithdrawalCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

macro_rules! written_as {
    ($($name:ident: $schema:tt,)+) => {
        $(impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        })+
    };
}

written_as! {
    CampaignId: { "type": "string", "pattern": "^[a-z0-9-]{1,64}$", "description": "A campaign's short name." },
    PersonName: { "type": "string", "pattern": r"^\S(.{0,62}\S)?$", "description": "The name a person signs in with." },
    Digest: { "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "The SHA-256 of a file's bytes." },
    Rating: { "type": "integer", "minimum": 1, "maximum": 5, "description": "A step of a rubric." },
    WithdrawalCode: { "type": "string", "description": "What a storyteller is given to withdraw with, such as `K7QM-2P4X-9RTA`." },
    SealedFile: { "type": "string", "description": "A file of age: its head as it is, what follows in base64." },
    SealedFace: { "type": "string", "description": "A file of age: its head as it is, what follows in base64." },
    Sealed: { "type": "string", "description": "A text that only the holder of a key can read." },
    ThreadId: { "type": "string", "description": "A record's id and the place of a remark in it: `<record>/<place>`." },
    AnswerPath: { "type": "string", "description": "An answer of a story: `story`, `narrative.before`, `changes/<id>/what`." },
}
