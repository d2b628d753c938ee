//! A service in which every request can bring overrides of its own, while the baseline is replaced under it.
//!
//! ```sh
//! cargo run --example service -- service.address=127.0.0.1:8080
//! curl 'http://127.0.0.1:8080/search?set=rerank.threshold=0.5&set=rerank.use_new=yes'
//! curl -X POST http://127.0.0.1:8080/frozen --data-binary 'rerank.threshold=0.7'
//! ```
//!
//! A request sees one configuration from its start to its end: the baseline of the moment it came in, under what
//! it overrides itself. That goes with it over every `.await`, and into the tasks that it starts, once they are
//! bound.

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

/// What a request may override.
const OPEN: [&str; 3] = ["rerank.threshold", "rerank.use_new", "search.delay_ms"];

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
    let given: Vec<String> = env::args().skip(1).collect();
    freeze(&ParamScope::try_from(given)?); // before the runtime starts its threads
    serve()
}

#[tokio::main]
async fn serve() -> Result<(), Box<dyn Error>> {
    let address = try_get_param!(service.address, String::from("127.0.0.1:0"))?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|fault| format!("{address}: {fault}"))?;
    println!("listening on {}", listener.local_addr()?);
    let app = Router::new()
        .route("/search", get(search))
        .route_layer(middleware::from_fn(with_overrides))
        .route("/frozen", post(reload));
    Ok(axum::serve(listener, app).await?)
}

/// Put these overrides into the baseline. What is running keeps the one that it began with.
fn freeze(scope: &ParamScope) {
    let _entered = scope.enter();
    frozen();
}

/// Replace the baseline: `POST /frozen` with a `key=value` on each line.
async fn reload(lines: String) -> Result<(), Refused> {
    freeze(&ParamScope::from_texts(lines.lines())?);
    Ok(())
}

/// Run a request in a scope of what it overrides: `?set=key=value`, any number of times.
async fn with_overrides(
    Query(query): Query<Vec<(String, String)>>,
    request: Request,
    next: Next,
) -> Result<Response, Refused> {
    let texts = query.iter().filter(|(name, _)| name == "set");
    let texts: Vec<&str> = texts.map(|(_, text)| text.as_str()).collect();
    let scope = ParamScope::from_texts(&texts)?;
    let closed = |text: &&&str| !OPEN.contains(&text.split('=').next().unwrap_or_default());
    if let Some(text) = texts.iter().find(closed) {
        return Err(Refused::Closed((*text).to_owned()));
    }
    Ok(scope.bind(next.run(request)).await)
}

#[derive(Serialize)]
struct Found {
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
    fn seen() -> Result<Self, ParamError> {
        Ok(Self {
            version: try_get_param!(config.version, 0)?,
            threshold: try_get_param!(rerank.threshold, 0.8)?,
            use_new: try_get_param!(rerank.use_new, false)?,
        })
    }
}

/// Ask all shards at once, each in a task of its own, and rank what they find.
async fn search() -> Result<Json<Found>, Refused> {
    let mut steps = BTreeMap::from([("search".to_owned(), Configuration::seen()?)]);
    let mut asked = JoinSet::new();
    for shard in 0..3 {
        // A task starts from the baseline. What is bound brings along the scopes of here.
        asked.spawn(ParamScope::new().bind(ask(shard)));
    }
    let mut items = Vec::new();
    while let Some(answer) = asked.join_next().await {
        let (shard, found, seen) = answer.expect("no shard panics")?;
        items.extend(found);
        steps.insert(format!("shard {shard}"), seen);
    }
    let items = rerank(items)?;
    steps.insert("rerank".to_owned(), Configuration::seen()?);
    Ok(Json(Found { items, steps }))
}

async fn ask(shard: i64) -> Result<(i64, Vec<Item>, Configuration), ParamError> {
    let delay: u64 = try_get_param!(search.delay_ms, 1)?;
    tokio::time::sleep(Duration::from_millis(delay)).await; // other requests run meanwhile
    let found = (0..3).map(|number| Item {
        name: format!("{shard}.{number}"),
        score: ((shard * 3 + number) * 7 % 10) as f64 / 10.0,
    });
    Ok((shard, found.collect(), Configuration::seen()?))
}

/// Order the items; the new way leaves out those below the threshold.
fn rerank(mut items: Vec<Item>) -> Result<Vec<Item>, ParamError> {
    items.sort_by(|one, other| {
        other
            .score
            .total_cmp(&one.score)
            .then_with(|| one.name.cmp(&other.name))
    });
    if try_get_param!(rerank.use_new, false)? {
        let threshold = try_get_param!(rerank.threshold, 0.8)?;
        items.retain(|item| item.score >= threshold);
    }
    Ok(items)
}

/// Why a request is not served.
enum Refused {
    Param(ParamError),
    Closed(String),
}

impl From<ParamError> for Refused {
    fn from(error: ParamError) -> Self {
        Self::Param(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Param(error) => (StatusCode::BAD_REQUEST, error.to_string()),
            Self::Closed(text) => {
                let message = format!("'{text}' is not for requests to set");
                (StatusCode::FORBIDDEN, message)
            }
        }
        .into_response()
    }
}
