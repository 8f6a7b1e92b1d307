//! The feed over HTTP: what stands around the rows, and errors as OData tells them.
//!
//! A spreadsheet asks without a name first and gives one only where it hears how (RFC 7617): a 401 says so here, and nowhere else,
//! since a browser would show a window of its own.

use super::Web;
use super::answer::{Query as Options, status, told};
use super::guard::SignedIn;
use crate::error::{Error, Result};
use crate::exports::Export;
use crate::exports::odata::{FeedPage, Query, Refused};
use crate::exports::tables::Table;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use blon_core::error::Code;
use blon_core::id::CampaignId;
use serde_json::{Map, Value, json};

const VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("odata-version"), HeaderValue::from_static("4.0"));

type Asked = std::result::Result<Options<Vec<(String, String)>>, Error>;
type Reader = std::result::Result<SignedIn, Error>;

/// `GET /api/campaigns/{campaign}/odata`: which tables there are
pub async fn service(State(web): State<Web>, reader: Reader, Path(campaign): Path<String>) -> Response {
    let answer = prepared(&web, reader, &campaign, None).await;
    answer.map_or_else(refuse, |(export, address)| document(&export.tables().service(&address)))
}

/// `GET /api/campaigns/{campaign}/odata/$metadata`: the columns of the tables
pub async fn metadata(State(web): State<Web>, reader: Reader, Path(campaign): Path<String>) -> Response {
    let answer = prepared(&web, reader, &campaign, None).await;
    answer.map_or_else(refuse, |(export, _)| dressed("application/xml", export.tables().metadata()))
}

/// `GET /api/campaigns/{campaign}/odata/{set}`: the rows of a table, page by page
pub async fn entities(
    State(web): State<Web>,
    reader: Reader,
    Path((campaign, set)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    answer(rows(&web, reader, &campaign, set, asked).await)
}

/// `GET /api/campaigns/{campaign}/odata/{set}/$count`: how many rows a table has
pub async fn count(
    State(web): State<Web>,
    reader: Reader,
    Path((campaign, set)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    let counted = async {
        let (export, _) = prepared(&web, reader, &campaign, Some(&set)).await?;
        if let Err(refused) = Query::read(&asked?.0) {
            return Ok(Err(refused));
        }
        let work = move |hq: &crate::Headquarters| match export.tables().set(&set) {
            Some(table) => hq.feed_count(&export, table).map(Ok),
            None => no_table(&set).map(Err),
        };
        web.headquarters.blocking(work).await
    };
    answer(counted.await.map(|counted| counted.map(|count| dressed("text/plain", count.to_string()))))
}

/// An answer, or a refusal in the terms of OData, or an error of headquarters.
type Answer = Result<std::result::Result<Response, Refused>>;

async fn rows(web: &Web, reader: Reader, campaign: &str, set: String, asked: Asked) -> Answer {
    let (export, address) = prepared(web, reader, campaign, Some(&set)).await?;
    let query = match Query::read(&asked?.0) {
        Ok(query) => query,
        Err(refused) => return Ok(Err(refused)),
    };
    let work = move |hq: &crate::Headquarters| {
        let Some(table) = export.tables().set(&set) else { return no_table(&set).map(Err) };
        if let Some(unknown) = query.select.iter().find(|name| !has(table, name)) {
            let message = format!("{set} has no column {unknown}");
            return Ok(Err(Refused { unsupported: false, message }));
        }
        let page = hq.feed(&export, table, &query)?;
        Ok(Ok(document(&around(&page, &query, table, &address))))
    };
    web.headquarters.blocking(work).await
}

fn has(table: &Table, name: &str) -> bool {
    table.columns.iter().any(|column| column.name == name)
}

/// There is no such table; one row of a table is asked for by its key, which this feed cannot.
fn no_table(set: &str) -> Result<Refused> {
    if set.contains('(') {
        let message = "a single row cannot be asked for by its key".to_owned();
        return Ok(Refused { unsupported: true, message });
    }
    Err(Error::told(Code::NotFound, format!("there is no table {set}")))
}

/// Who may read, with the address that everything is under.
async fn prepared(web: &Web, reader: Reader, campaign: &str, set: Option<&str>) -> Result<(Export, String)> {
    let reader = reader?;
    let unknown = |_| Error::told(Code::CampaignNotFound, "there is no such campaign");
    let (campaign, set) = (campaign.parse::<CampaignId>().map_err(unknown), set.map(str::to_owned));
    let work = move |hq: &crate::Headquarters| {
        let campaign = campaign?;
        let export = hq.prepare_feed(&campaign, &reader.person, set.as_deref())?;
        Ok((export, hq.feed_address(&campaign)?))
    };
    web.headquarters.blocking(work).await
}

fn around(page: &FeedPage, query: &Query, table: &Table, address: &str) -> Value {
    let selected =
        if query.select.is_empty() { String::new() } else { format!("({})", query.select.join(",")) };
    let set = &table.set;
    let mut whole = Map::new();
    whole.insert("@odata.context".to_owned(), json!(format!("{address}/$metadata#{set}{selected}")));
    if let Some(count) = page.count {
        whole.insert("@odata.count".to_owned(), json!(count));
    }
    whole.insert("value".to_owned(), json!(page.rows));
    if let Some(next) = &page.next {
        let mut link = format!("{address}/{set}?$skiptoken={}.{}", next.after.0, next.after.1);
        let more = [
            next.top.map(|top| format!("&$top={top}")),
            (next.skip > 0).then(|| format!("&$skip={}", next.skip)),
            (!next.select.is_empty()).then(|| format!("&$select={}", next.select.join(","))),
        ];
        more.into_iter().flatten().for_each(|part| link.push_str(&part));
        whole.insert("@odata.nextLink".to_owned(), json!(link));
    }
    Value::Object(whole)
}

fn answer(answer: Answer) -> Response {
    match answer {
        Ok(Ok(response)) => response,
        Ok(Err(Refused { unsupported, message })) => {
            let (status, code) = if unsupported {
                (StatusCode::NOT_IMPLEMENTED, "not_implemented")
            } else {
                (StatusCode::BAD_REQUEST, Code::BadInput.as_str())
            };
            (status, document(&json!({ "error": { "code": code, "message": message } }))).into_response()
        }
        Err(error) => refuse(error),
    }
}

fn refuse(error: Error) -> Response {
    let status = status(error.code());
    let body = json!({ "error": { "code": error.code().as_str(), "message": told(&error) } });
    let mut response = (status, document(&body)).into_response();
    response.extensions_mut().insert(error.code());
    if status == StatusCode::UNAUTHORIZED {
        let how = HeaderValue::from_static("Basic realm=\"Blon\", charset=\"UTF-8\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    }
    response
}

fn document(body: &Value) -> Response {
    dressed("application/json;odata.metadata=minimal", body.to_string())
}

fn dressed(kind: &'static str, body: String) -> Response {
    ([VERSION, (header::CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response()
}
