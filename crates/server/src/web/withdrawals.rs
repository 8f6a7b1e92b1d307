//! Storytellers who take their consent back.

use super::Web;
use super::answer::{Answer, Body, BodyLimit, Path};
use super::guard::{InPerson, SignedIn};
use crate::view::Withdraw;
use crate::withdrawing::{WithdrawalLine, WithdrawalReceipt};
use aide::axum::ApiRouter;
use aide::axum::routing::get;
use axum::extract::State;
use axum::{Extension, Json};
use blon_core::id::CampaignId;

/// The most bytes of a code and what stands around it.
const CODE_BYTES: usize = 1024;

/// Every route about withdrawals. One is taken in person: nothing brings a story back that a program erased.
pub fn routes() -> ApiRouter<Web> {
    ApiRouter::new()
        .api_route("/api/campaigns/{campaign}/withdrawals", get(list).post(withdraw))
        .layer(Extension(BodyLimit(CODE_BYTES)))
}

/// `GET /api/campaigns/{campaign}/withdrawals`
async fn list(
    State(web): State<Web>,
    reader: SignedIn,
    Path(campaign): Path<CampaignId>,
) -> Answer<Json<Vec<WithdrawalLine>>> {
    let work = move |hq: &crate::Headquarters| hq.withdrawals(&campaign, Some(&reader.person));
    web.headquarters.blocking(work).await.map(Json)
}

/// `POST /api/campaigns/{campaign}/withdrawals`
async fn withdraw(
    State(web): State<Web>,
    who: InPerson,
    Path(campaign): Path<CampaignId>,
    Body(ask): Body<Withdraw>,
) -> Answer<Json<WithdrawalReceipt>> {
    let work = move |hq: &crate::Headquarters| hq.withdraw(&campaign, &ask.code, Some(&who.person));
    web.headquarters.blocking(work).await.map(Json)
}
