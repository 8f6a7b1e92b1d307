//! The interface in OpenAPI 3.1, at `/api/openapi.json`, with a page to browse it at `/api/docs`.
//!
//! Paths, bodies and answers are read off the handlers themselves, so that they cannot tell anything else than what is done. What
//! a handler's types do not say stands here: a sentence for each, and what goes by tus and OData.

use super::Web;
use super::answer::{Body, FileBytes, PROBLEM, Path, Query, Told};
use super::guard::{Browser, COOKIE, Caller, InPerson, OwnPage, SignedIn};
use super::headers::{DOCS, unless_set};
use super::sessions::WithCookie;
use crate::error::Error;
use aide::generate::GenContext;
use aide::openapi::{Info, MediaType, OpenApi, Operation, Response, SchemaObject};
use aide::operation::{OperationInput, OperationOutput};
use aide::swagger::Swagger;
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

/// The schemes by which callers show who they are.
const COOKIE_SCHEME: &str = "session";
const TOKEN_SCHEME: &str = "token";
const DEVICE_SCHEME: &str = "device";

/// What each operation does.
const SAID: &str = include_str!("operations.txt");

fn secured(operation: &mut Operation, schemes: &[&str]) {
    operation.security = schemes.iter().map(|scheme| [((*scheme).to_owned(), Vec::new())].into()).collect();
}

impl OperationInput for SignedIn {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        secured(operation, &[COOKIE_SCHEME, TOKEN_SCHEME]);
    }
}

impl OperationInput for InPerson {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        secured(operation, &[COOKIE_SCHEME]);
    }
}

impl OperationInput for Caller {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        secured(operation, &[DEVICE_SCHEME]);
    }
}

impl OperationInput for OwnPage {}
impl OperationInput for Browser {}
// The names of a path stand in the path itself, and their kinds in `PLACES`.
impl<T> OperationInput for Path<T> {}

impl<T: JsonSchema> OperationInput for Body<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        axum::Json::<T>::operation_input(ctx, operation);
    }
}

impl<T: JsonSchema> OperationInput for Query<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        axum::extract::Query::<T>::operation_input(ctx, operation);
    }
}

impl OperationInput for FileBytes {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        Vec::<u8>::operation_input(ctx, operation);
    }
}

impl<T: OperationOutput> OperationOutput for WithCookie<T> {
    type Inner = T::Inner;

    fn operation_response(ctx: &mut GenContext, operation: &mut Operation) -> Option<Response> {
        T::operation_response(ctx, operation)
    }

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        T::inferred_responses(ctx, operation)
    }
}

impl OperationOutput for Error {
    type Inner = Told;

    fn operation_response(ctx: &mut GenContext, _: &mut Operation) -> Option<Response> {
        let json_schema = ctx.schema.subschema_for::<Told>();
        let schema = Some(SchemaObject { json_schema, example: None, external_docs: None });
        let content = [(PROBLEM.to_owned(), MediaType { schema, ..MediaType::default() })];
        let description = "What went wrong.".to_owned();
        Some(Response { description, content: content.into_iter().collect(), ..Response::default() })
    }

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        Self::operation_response(ctx, operation).map(|response| (None, response)).into_iter().collect()
    }
}

/// What stands in the braces of a path.
fn place(name: &str) -> Value {
    let reference = |kind: &str| json!({ "$ref": format!("#/components/schemas/{kind}") });
    match name {
        "campaign" => reference("CampaignId"),
        "name" => reference("PersonName"),
        "sha256" => reference("Digest"),
        "story" | "device" => json!({ "type": "string", "format": "uuid" }),
        "id" => json!({ "type": "integer", "format": "int64" }),
        _ => json!({ "type": "string" }),
    }
}

/// The whole description, as it is served.
pub fn described(mut api: OpenApi) -> Value {
    api.info = Info {
        title: "Blon headquarters".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        description: Some(
            "Everything that headquarters' pages, programs and devices ask. Errors are problems (RFC 9457) with a `code`. \
             Programs show a token that somebody made on their account page."
                .to_owned(),
        ),
        ..Info::default()
    };
    let mut api = serde_json::to_value(api).unwrap_or_default();
    let schemes = json!({
        COOKIE_SCHEME: { "type": "apiKey", "in": "cookie", "name": COOKIE, "description":
            "Somebody at the pages. Requests that change something repeat the session's `csrf` in the header `x-blon-csrf`." },
        TOKEN_SCHEME: { "type": "http", "scheme": "bearer", "description":
            "A program; also as the password of Basic. It may do what its owner may, within its scopes." },
        DEVICE_SCHEME: { "type": "http", "scheme": "bearer", "description": "A device, by the secret of its enrolment." }
    });
    if let Some(components) = api.get_mut("components") {
        set(components, "securitySchemes", schemes);
    }
    if let Some(paths) = api.get_mut("paths").and_then(Value::as_object_mut) {
        by_hand(paths);
        for (path, operations) in paths {
            for (method, operation) in operations.as_object_mut().into_iter().flatten() {
                complete(path, method, operation);
            }
        }
    }
    api
}

fn set(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.to_owned(), value.into());
    }
}

/// Adds what the types of a handler do not say.
fn complete(path: &str, method: &str, operation: &mut Value) {
    let wanted = format!("{} {path} ", method.to_uppercase());
    let said = SAID.lines().find_map(|line| line.strip_prefix(&wanted)).unwrap_or_default();
    let (tag, summary) = said.split_once(' ').unwrap_or_default();
    set(operation, "tags", json!([tag]));
    set(operation, "summary", summary.trim());
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let places =
        names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": place(name) }));
    let mut parameters: Vec<Value> = places.collect();
    parameters.extend(operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default());
    set(operation, "parameters", parameters);
    if operation.get("responses").and_then(Value::as_object).is_none_or(Map::is_empty) {
        set(operation, "responses", json!({ "200": { "description": "As it says." } }));
    }
}

/// Evidence comes by an open protocol whose pieces are no JSON, stories are fed by another, and changes are told as events.
fn by_hand(paths: &mut Map<String, Value>) {
    let device = json!([{ DEVICE_SCHEME: [] }]);
    let answers = |status: &str, what: &str| {
        json!({ "security": device, "responses": {
            status: { "description": what }, "default": { "description": "What went wrong.",
                "content": { PROBLEM: { "schema": { "$ref": "#/components/schemas/Told" } } } } } })
    };
    let one = json!({
        "head": answers("200", "`Upload-Offset` and `Upload-Length` say how far it has come."),
        "get": answers("200", "The bytes of a file, whole or in ranges."),
        "patch": answers("204", "The piece, of type application/offset+octet-stream, is durable."),
        "delete": answers("204", "The upload is given up."),
        "put": answers("204", "One whole file, as version 1 of the protocol sends it."),
        "post": answers("204", "One of the others by `X-HTTP-Method-Override`."),
        "options": { "responses": { "204": { "description": "What is spoken here of tus." } } }
    });
    let all = json!({
        "post": answers("201", "An upload is begun: `Upload-Length`, and `Upload-Metadata` with the file's `sha256`."),
        "options": { "responses": { "204": { "description": "What is spoken here of tus." } } }
    });
    paths.insert("/v1/files".to_owned(), all.clone());
    paths.insert("/v1/files/".to_owned(), all);
    paths.insert("/v1/files/{sha256}".to_owned(), one);
    paths.insert(
        "/v1/parcels/{sha256}".to_owned(),
        json!({ "get": answers("200", "The receipt for a parcel that this device carried.") }),
    );
    let fed = |what: &str, kind: &str| {
        json!({ "get": { "security": [{ COOKIE_SCHEME: [] }, { TOKEN_SCHEME: [] }],
            "responses": { "200": { "description": what, "content": { kind: {} } } } } })
    };
    let (feed, rows) = ("/api/campaigns/{campaign}/odata", "application/json;odata.metadata=minimal");
    for (path, what, kind) in [
        ("", "Which tables there are.", rows),
        ("/", "Which tables there are.", rows),
        ("/$metadata", "The columns of the tables, in CSDL.", "application/xml"),
        ("/{set}", "The rows of a table: `$top`, `$skip`, `$select`, `$count`.", rows),
        ("/{set}/$count", "How many rows a table has.", "text/plain"),
    ] {
        paths.insert(format!("{feed}{path}"), fed(what, kind));
    }
    let changes = json!({ "get": {
        "security": [{ COOKIE_SCHEME: [] }, { TOKEN_SCHEME: [] }],
        "responses": { "200": { "description": "An event `changed` each time that something changed that pages show.",
            "content": { "text/event-stream": {} } } } } });
    paths.insert("/api/changes".to_owned(), changes);
}

/// The description, and the page to browse it. That page comes as one text with its script and its style within, which no page
/// here may have: they are taken out of it, and served beside it.
pub fn routes(described: &Value) -> Router<Web> {
    let page = Swagger::new("/api/openapi.json").with_title("Blon · API").html();
    let (page, style) = taken_out(&page, "style");
    let (page, script) = taken_out(&page, "script");
    let page = page
        .replace("</title>", "</title><link rel=\"stylesheet\" href=\"/api/docs/page.css\" />")
        .replace("</body>", "<script src=\"/api/docs/page.js\"></script></body>");
    Router::new()
        .route("/api/openapi.json", text("application/json", described.to_string()))
        .route("/api/docs", text("text/html; charset=utf-8", page))
        .route("/api/docs/page.css", text("text/css; charset=utf-8", style))
        .route("/api/docs/page.js", text("text/javascript; charset=utf-8", script))
        .layer(unless_set(header::CONTENT_SECURITY_POLICY, DOCS))
}

/// Always gives the same text.
fn text(kind: &'static str, text: String) -> MethodRouter<Web> {
    let text = Bytes::from(text);
    get(move || {
        let text = text.clone();
        async move { ([(header::CONTENT_TYPE, kind)], text).into_response() }
    })
}

/// A page without what stands in elements of this name, and that, one after the other.
fn taken_out(page: &str, element: &str) -> (String, String) {
    let (begins, ends) = (format!("<{element}>"), format!("</{element}>"));
    let (mut left, mut taken, mut rest) = (String::new(), String::new(), page);
    // An element ends where a browser ends it, whatever stands within.
    while let Some((before, (within, after))) =
        rest.split_once(&begins).and_then(|(before, from)| Some((before, from.split_once(&ends)?)))
    {
        left.push_str(before);
        taken.push_str(within);
        taken.push('\n');
        rest = after;
    }
    (left + rest, taken)
}
