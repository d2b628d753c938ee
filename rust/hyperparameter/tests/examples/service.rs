//! The example `service`: requests with overrides, while the baseline is replaced.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::Value;

use super::{example, run_to_error};

/// The service as a process, which ends with the test.
struct Service {
    process: Child,
    address: String,
}

impl Service {
    fn start() -> Self {
        let mut process = example("service").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap();
        Self {
            address: address.to_owned(),
            process,
        }
    }

    fn connect(&self) -> Client {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        Client(BufReader::new(stream))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A connection that stays open.
struct Client(BufReader<TcpStream>);

impl Client {
    fn send(&mut self, start: &str, body: &str) -> (u16, String) {
        let length = body.len();
        let request =
            format!("{start} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n{body}");
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            } else if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }

    fn search(&mut self, query: &str) -> Value {
        let (status, body) = self.send(&format!("GET /search{query}"), "");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    fn freeze(&mut self, lines: &str) {
        assert_eq!(self.send("POST /frozen", lines).0, 200);
    }
}

/// Return the configuration of a request, after checking that all of its steps saw the same one.
fn only_configuration(result: &Value) -> &Value {
    let steps = result["steps"].as_object().unwrap();
    assert_eq!(steps.len(), 5, "{result}");
    let first = &steps["search"];
    assert!(steps.values().all(|step| step == first), "{result}");
    first
}

/// The overrides of a request apply to that request only. A new baseline applies to all later requests.
#[test]
fn applies_overrides_and_baselines() {
    let service = Service::start();
    let mut client = service.connect();
    let plain = client.search("");
    assert_eq!(plain["items"].as_array().unwrap().len(), 9);
    assert_eq!(only_configuration(&plain)["threshold"], 0.8);

    let ranked = client.search("?set=rerank.threshold=0.5&set=rerank.use_new=YES&q=ignored");
    let names: Vec<&str> = ranked["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["2.1", "1.1", "0.1", "2.2", "1.2"]);
    assert_eq!(only_configuration(&ranked)["threshold"], 0.5);

    client.freeze("rerank.threshold=0.25\nconfig.version=2");
    assert_eq!(only_configuration(&client.search(""))["threshold"], 0.25);
    assert_eq!(only_configuration(&client.search(""))["version"], 2);
}

/// A wrong request is refused with a reason, and changes nothing.
#[test]
fn refuses_wrong_requests() {
    let service = Service::start();
    let mut client = service.connect();
    let mut send = |start: &str, body: &str| client.send(start, body);
    let (status, message) = send("GET /search?set=rerank.threshold=low", "");
    assert_eq!(status, 400);
    assert!(message.starts_with("'rerank.threshold' = 'low' is not a valid float (set at "));
    assert_eq!(
        send("GET /search?set=rerank.threshold", ""),
        (
            400,
            "'rerank.threshold' is not a valid override: expected key=value".to_owned()
        )
    );
    assert_eq!(
        send("GET /search?set=config.version=9", ""),
        (
            403,
            "'config.version=9' must not be set by a request".to_owned()
        )
    );
    assert_eq!(
        send("POST /frozen", "config.version=9\n.=1"),
        (400, "'.' is not a valid key: segment 1 is empty".to_owned())
    );
    assert_eq!(only_configuration(&client.search(""))["version"], 0);
}

/// The service does not start on wrong settings.
#[test]
fn refuses_wrong_settings() {
    assert_eq!(
        run_to_error("service", &["address"]),
        "error: 'address' is not a valid override: expected key=value\n"
    );
    let message = run_to_error("service", &["service.address=nowhere"]);
    assert!(message.starts_with("error: nowhere: "), "{message}");
    let message = run_to_error("service", &["service.address={}"]);
    assert!(message.starts_with("error: "), "{message}");
}

const CONNECTIONS: u32 = 24;
const REQUESTS_PER_CONNECTION: u32 = 150;

/// Thousands of requests run while the baseline is replaced.
///
/// Each request sees its own overrides and one baseline. No connection sees an older baseline after a newer one.
#[test]
fn gives_each_request_one_configuration() {
    let service = Service::start();
    publish(&mut service.connect(), 1);
    let done = AtomicBool::new(false);
    let versions = thread::scope(|threads| {
        let publisher = threads.spawn(|| {
            let mut client = service.connect();
            let mut version = 1;
            while !done.load(Ordering::Relaxed) {
                version += 1;
                publish(&mut client, version);
            }
            version
        });
        let connections: Vec<_> = (0..CONNECTIONS)
            .map(|connection| {
                let mut client = service.connect();
                threads.spawn(move || send_requests(&mut client, connection))
            })
            .collect();
        let results: Vec<_> = connections
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        done.store(true, Ordering::Relaxed);
        for result in results {
            result.unwrap();
        }
        publisher.join().unwrap()
    });
    assert!(
        versions > 50,
        "the baseline was replaced {versions} times only"
    );
}

/// Publish a baseline. Its two parameters belong together, so a mixture of two baselines would be noticed.
fn publish(client: &mut Client, version: u32) {
    client.freeze(&format!(
        "config.version={version}\nrerank.threshold=-{version}"
    ));
}

/// Send requests, two thirds of them with overrides, and check the configuration of each.
fn send_requests(client: &mut Client, connection: u32) {
    let mut latest = 0.0;
    for request in 0..REQUESTS_PER_CONNECTION {
        let threshold = f64::from(connection * REQUESTS_PER_CONNECTION + request);
        let has_overrides = request % 3 != 0;
        let query = if has_overrides {
            let delay = request % 4;
            format!("?set=rerank.threshold={threshold}&set=search.delay_ms={delay}")
        } else {
            String::new()
        };
        let result = client.search(&query);
        let configuration = only_configuration(&result);
        let version = configuration["version"].as_f64().unwrap();
        assert!(version >= latest, "{version} after {latest}");
        latest = version;
        let expected = if has_overrides { threshold } else { -version };
        assert_eq!(configuration["threshold"], expected);
    }
}
