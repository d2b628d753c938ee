//! Fit a line. The configuration has three layers: a file, the command line above it, and code above both.
//!
//! ```sh
//! cargo run --example train -- --help
//! cargo run --example train -- -D train.steps=500 data.noise=0
//! cargo run --example train -- --config config.toml -D 'sweep.rates=[0.1, 0.2]'
//! ```
//!
//! Each function reads the parameters that it needs; no parameter is passed on. `--help` lists the parameters that
//! have a help text. A wrong value ends the program with an error that says what is wrong and where it was set.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use hyperparameter::*;
use rayon::prelude::*;

/// Fit a line by gradient descent.
#[derive(Parser)]
#[command(after_help = generate_params_help())]
struct Args {
    /// Set parameters; if a key appears twice, the later one wins
    #[arg(short = 'D', long, value_name = "KEY=VALUE", num_args = 1..)]
    define: Vec<String>,
    /// Read parameters from a TOML file; --define overrides them
    #[arg(short = 'C', long, value_name = "FILE")]
    config: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let mut layers = match &args.config {
        Some(path) => from_file(path)?,
        None => ParamScope::new(),
    };
    layers.extend(&ParamScope::try_from(&args.define)?);
    let _entered = layers.enter();
    warn_about_unknown_keys();

    let points = make_points()?;
    let best = with_params! {
        // Each attempt is short, whatever the file and the command line say.
        set train.steps = 20;
        sweep(&points)?
    };
    // The best rate is only the default. A rate that the user sets wins.
    let lr = try_get_param!(train.lr, best)?;
    let fitted = with_params! {
        set train.lr = lr;
        fit(&points)?
    };
    println!(
        "train: lr={lr} slope={:.3} intercept={:.3} loss={:.6}",
        fitted.slope, fitted.intercept, fitted.loss
    );
    Ok(())
}

fn from_file(path: &Path) -> Result<ParamScope, Box<dyn Error>> {
    let with_path = |error: &dyn Error| format!("{}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| with_path(&error))?;
    let table: toml::Table = text.parse().map_err(|error| with_path(&error))?;
    Ok(ParamScope::from_serialize(&table)?)
}

/// Warn about keys that are set but never read. Most of the time they are mistyped.
fn warn_about_unknown_keys() {
    let declared = declared_params();
    for key in snapshot().keys() {
        if !declared.iter().any(|info| info.key == key) {
            eprintln!("warning: nothing reads '{key}'");
        }
    }
}

/// Return points on a line, with some noise.
fn make_points() -> Result<Vec<(f64, f64)>, ParamError> {
    let count: u32 = try_get_param!(data.points, 64, "how many points to make")?;
    let noise = try_get_param!(data.noise, 0.1, "how far the points lie from the line")?;
    let mut state: u64 = try_get_param!(data.seed, 7, "the seed of the noise")?;
    let points = (0..count).map(|number| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let random = (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
        let x = f64::from(number) / f64::from(count);
        (x, 3.0 * x - 1.0 + noise * random)
    });
    Ok(points.collect())
}

/// Try several learning rates, in a thread pool, and return the best.
fn sweep(points: &[(f64, f64)]) -> Result<f64, ParamError> {
    let rates = try_get_param!(
        sweep.rates,
        vec![0.01, 0.1, 0.5],
        "learning rates to try before training"
    )?;
    // The threads of a pool do not have the current scopes. A bound closure brings them along.
    let attempt = ParamScope::new().bind(|rate: f64| {
        with_params! {
            set train.lr = rate;
            Ok((rate, fit(points)?.loss))
        }
    });
    let results: Result<Vec<(f64, f64)>, ParamError> = rates
        .par_iter()
        .map(|rate| attempt.call_with(*rate))
        .collect();
    let results = results?;
    for (rate, loss) in &results {
        println!("sweep: lr={rate} loss={loss:.6}");
    }
    let best = results
        .iter()
        .min_by(|left, right| left.1.total_cmp(&right.1));
    Ok(best.map_or(0.1, |(rate, _)| *rate))
}

struct Line {
    slope: f64,
    intercept: f64,
    loss: f64,
}

fn fit(points: &[(f64, f64)]) -> Result<Line, ParamError> {
    let lr = try_get_param!(
        train.lr,
        0.1,
        "learning rate; by default the best one of the sweep"
    )?;
    let steps: u32 = try_get_param!(train.steps, 200, "steps of gradient descent")?;
    let (mut slope, mut intercept) = (0.0, 0.0);
    let count = points.len().max(1) as f64;
    for _ in 0..steps {
        let (mut by_slope, mut by_intercept) = (0.0, 0.0);
        for (x, y) in points {
            let error = slope * x + intercept - y;
            by_slope += 2.0 * error * x / count;
            by_intercept += 2.0 * error / count;
        }
        slope -= lr * by_slope;
        intercept -= lr * by_intercept;
    }
    let errors = points
        .iter()
        .map(|(x, y)| (slope * x + intercept - y).powi(2));
    let loss = errors.sum::<f64>() / count;
    Ok(Line {
        slope,
        intercept,
        loss: if loss.is_finite() {
            loss
        } else {
            f64::INFINITY
        },
    })
}
