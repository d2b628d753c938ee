//! A service in which each request can override parameters, while the baseline is replaced at run time.
//!
//! ```sh
//! cargo run --example service -- service.address=127.0.0.1:8080
//! curl 'http://127.0.0.1:8080/search?set=rerank.threshold=0.5&set=rerank.use_new=yes'
//! curl -X POST http://127.0.0.1:8080/frozen --data-binary 'rerank.threshold=0.7'
//! ```
//!
//! A request sees one configuration from its start to its end: its own overrides on top of the baseline of the
//! moment when it came in. The configuration follows it over every `.await`, and into the tasks that it
//! starts, because they are bound.

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use axum::extract::{Query, Request};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use hyperparameter::*;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The parameters that a request may override.
const OVERRIDABLE: [&str; 3] = ["rerank.threshold", "rerank.use_new", "search.delay_ms"];

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn start() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    ParamScope::try_from(arguments)?.freeze();
    serve()
}

#[tokio::main]
async fn serve() -> Result<(), Box<dyn Error>> {
    let address = try_get_param!(service.address, String::from("127.0.0.1:0"))?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("{address}: {error}"))?;
    println!("listening on {}", listener.local_addr()?);
    let app = Router::new()
        .route("/search", get(search))
        .route_layer(middleware::from_fn(with_overrides))
        .route("/frozen", post(reload));
    Ok(axum::serve(listener, app).await?)
}

/// Replace the baseline: `POST /frozen` with one `key=value` on each line.
///
/// Requests that are already running keep the baseline that they started with.
async fn reload(lines: String) -> Result<(), RequestError> {
    ParamScope::from_texts(lines.lines())?.freeze();
    Ok(())
}

/// Run a request in a scope of its own overrides: `?set=key=value`, any number of times.
async fn with_overrides(
    Query(query): Query<Vec<(String, String)>>,
    request: Request,
    next: Next,
) -> Result<Response, RequestError> {
    let texts = query.iter().filter(|(name, _)| name == "set");
    let texts: Vec<&str> = texts.map(|(_, text)| text.as_str()).collect();
    let scope = ParamScope::from_texts(&texts)?;
    let is_forbidden =
        |text: &&&str| !OVERRIDABLE.contains(&text.split('=').next().unwrap_or_default());
    if let Some(text) = texts.iter().find(is_forbidden) {
        return Err(RequestError::Forbidden((*text).to_owned()));
    }
    Ok(scope.bind(next.run(request)).await)
}

#[derive(Serialize)]
struct SearchResult {
    /// The items, best first.
    items: Vec<Item>,
    /// The configuration that each step saw.
    steps: BTreeMap<String, Configuration>,
}

#[derive(Serialize)]
struct Item {
    name: String,
    score: f64,
}

#[derive(Serialize)]
struct Configuration {
    version: i64,
    threshold: f64,
    use_new: bool,
}

impl Configuration {
    fn current() -> Result<Self, ParamError> {
        Ok(Self {
            version: try_get_param!(config.version, 0)?,
            threshold: try_get_param!(rerank.threshold, 0.8)?,
            use_new: try_get_param!(rerank.use_new, false)?,
        })
    }
}

/// Query all shards at once, each in a task of its own, and rank the items.
async fn search() -> Result<Json<SearchResult>, RequestError> {
    let mut steps = BTreeMap::from([("search".to_owned(), Configuration::current()?)]);
    let mut tasks = JoinSet::new();
    for shard in 0..3 {
        // A new task starts from the baseline. A bound future brings the current scopes along.
        tasks.spawn(ParamScope::new().bind(query(shard)));
    }
    let mut items = Vec::new();
    while let Some(answer) = tasks.join_next().await {
        let (shard, shard_items, configuration) = answer.expect("no shard panics")?;
        items.extend(shard_items);
        steps.insert(format!("shard {shard}"), configuration);
    }
    let items = rerank(items)?;
    steps.insert("rerank".to_owned(), Configuration::current()?);
    Ok(Json(SearchResult { items, steps }))
}

async fn query(shard: i64) -> Result<(i64, Vec<Item>, Configuration), ParamError> {
    let delay: u64 = try_get_param!(search.delay_ms, 1)?;
    // Other requests run during the sleep.
    tokio::time::sleep(Duration::from_millis(delay)).await;
    let items = (0..3).map(|number| Item {
        name: format!("{shard}.{number}"),
        score: ((shard * 3 + number) * 7 % 10) as f64 / 10.0,
    });
    Ok((shard, items.collect(), Configuration::current()?))
}

/// Sort the items, best first. The new algorithm removes the items below the threshold.
fn rerank(mut items: Vec<Item>) -> Result<Vec<Item>, ParamError> {
    items.sort_by(|left, right| {
        right
            .score
            .total_cmp(&left.score)
            .then_with(|| left.name.cmp(&right.name))
    });
    if try_get_param!(rerank.use_new, false)? {
        let threshold = try_get_param!(rerank.threshold, 0.8)?;
        items.retain(|item| item.score >= threshold);
    }
    Ok(items)
}

/// The reason why a request fails.
enum RequestError {
    Param(ParamError),
    /// The request sets a parameter that it may not override.
    Forbidden(String),
}

impl From<ParamError> for RequestError {
    fn from(error: ParamError) -> Self {
        Self::Param(error)
    }
}

impl IntoResponse for RequestError {
    fn into_response(self) -> Response {
        match self {
            Self::Param(error) => (StatusCode::BAD_REQUEST, error.to_string()),
            Self::Forbidden(text) => {
                let message = format!("'{text}' must not be set by a request");
                (StatusCode::FORBIDDEN, message)
            }
        }
        .into_response()
    }
}
