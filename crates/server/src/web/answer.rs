//! Errors on the wire: a status and `{"code","message"}`. What went wrong inside is logged, not sent.

use crate::error::Error;
use axum::Json;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use blon_core::error::{Code, Problem};

/// The result of a handler.
pub type Answer<T> = Result<T, Error>;

/// A JSON body; one that cannot be read is a 4xx with a code.
#[derive(FromRequest)]
#[from_request(via(Json), rejection(Error))]
pub struct Body<T>(pub T);

/// The parts of a path; those that cannot be read name nothing that exists.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub struct Path<T>(pub T);

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Self {
        let too_large = matches!(
            &rejection,
            JsonRejection::BytesRejection(BytesRejection::FailedToBufferBody(e))
                if e.status() == StatusCode::PAYLOAD_TOO_LARGE
        );
        let code = if too_large { Code::TooLarge } else { Code::BadInput };
        Error::told(code, rejection.body_text())
    }
}

impl From<PathRejection> for Error {
    fn from(rejection: PathRejection) -> Self {
        Error::told(Code::NotFound, rejection.body_text())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let code = self.code();
        let message = match &self {
            Error::Told { message, .. } => message.clone(),
            inside if code == Code::DiskFull => {
                tracing::error!(%code, "{inside}");
                "headquarters' disk is full; nothing was lost here, and sending again later is right"
                    .to_owned()
            }
            inside => {
                tracing::error!(%code, "{inside}");
                "headquarters had a fault; its log says more".to_owned()
            }
        };
        (status(code), Json(Problem { code, message })).into_response()
    }
}

fn status(code: Code) -> StatusCode {
    match code {
        Code::DeviceUnknown | Code::SignedOut | Code::SignInFailed => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::CrossSite | Code::ActNotAllowed | Code::RecordNotYours => {
            StatusCode::FORBIDDEN
        }
        Code::NotFound
        | Code::StoryNotFound
        | Code::FileNotFound
        | Code::FileNotExpected
        | Code::CampaignNotFound
        | Code::PersonNotFound => StatusCode::NOT_FOUND,
        Code::RevisionNotNewest | Code::NameTaken | Code::RecordIdTaken => StatusCode::CONFLICT,
        Code::TooLarge | Code::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::Internal | Code::ServerFault => StatusCode::INTERNAL_SERVER_ERROR,
        Code::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::BAD_REQUEST,
    }
}
