//! Who told the stories: what is sealed of it, for the custodians, whose keys stay where they are.

use super::Web;
use super::answer::{Answer, Body, BodyLimit, Path};
use super::guard::InPerson;
use crate::Headquarters;
use crate::identities::{IdentityLine, SealAnew, TakeOut, TakenOut};
use aide::axum::ApiRouter;
use aide::axum::routing::{get, post, put};
use axum::extract::State;
use axum::response::NoContent;
use axum::{Extension, Json};
use blon_core::id::{CampaignId, StoryId};

/// The most bytes that are sealed anew at once: some eighty identities with a face, and thousands without.
const ANEW_BYTES: usize = 8 * 1024 * 1024;

/// Every route about sealed identities; each is a custodian's own act, and no program's.
pub fn routes() -> ApiRouter<Web> {
    ApiRouter::new()
        .api_route("/api/campaigns/{campaign}/identities", get(list))
        .api_route("/api/campaigns/{campaign}/identities", put(seal_anew))
        .api_route("/api/campaigns/{campaign}/identities/{story}", post(take_out))
        .layer(Extension(BodyLimit(ANEW_BYTES)))
}

/// `GET /api/campaigns/{campaign}/identities`
async fn list(
    State(web): State<Web>,
    who: InPerson,
    Path(campaign): Path<CampaignId>,
) -> Answer<Json<Vec<IdentityLine>>> {
    web.headquarters.blocking(move |hq| hq.identities(&campaign, &who.person)).await.map(Json)
}

/// `POST /api/campaigns/{campaign}/identities/{story}`
async fn take_out(
    State(web): State<Web>,
    who: InPerson,
    Path((campaign, story)): Path<(CampaignId, StoryId)>,
    Body(ask): Body<TakeOut>,
) -> Answer<Json<TakenOut>> {
    let work = move |hq: &Headquarters| hq.take_out(&campaign, story, &ask.reason, &who.person);
    web.headquarters.blocking(work).await.map(Json)
}

/// `PUT /api/campaigns/{campaign}/identities`
async fn seal_anew(
    State(web): State<Web>,
    who: InPerson,
    Path(campaign): Path<CampaignId>,
    Body(anew): Body<Vec<SealAnew>>,
) -> Answer<NoContent> {
    web.headquarters.blocking(move |hq| hq.seal_anew(&campaign, &anew, &who.person)).await?;
    Ok(NoContent)
}
