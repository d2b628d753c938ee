//! Fit a line, configured in layers: a file, the command line over it, and code over both.
//!
//! ```sh
//! cargo run --example train -- --help
//! cargo run --example train -- -D train.steps=500 data.noise=0
//! cargo run --example train -- --config config.toml -D 'sweep.rates=[0.1, 0.2]'
//! ```
//!
//! Each function reads what it needs where it needs it; nothing is handed down. What is read with a help text is
//! listed by `--help`. A value that does not fit ends the program with what is wrong with it, and where it was set.

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
    /// Set parameters; of two for one key the later wins
    #[arg(short = 'D', long, value_name = "KEY=VALUE", num_args = 1..)]
    define: Vec<String>,
    /// Read parameters from a file in TOML; --define goes over them
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
    let _entered = layers.enter(); // until the end of `run`
    warn_of_unknown();

    let points = make_points()?;
    let best = with_params! {
        set train.steps = 20; // a short run each, whatever file and command line say
        sweep(&points)?
    };
    // The best rate is only the default here: who sets one gets that.
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
    let at = |fault: &dyn Error| format!("{}: {fault}", path.display());
    let text = fs::read_to_string(path).map_err(|fault| at(&fault))?;
    let table: toml::Table = text.parse().map_err(|fault| at(&fault))?;
    Ok(ParamScope::from_serialize(&table)?)
}

/// Name the keys that are set and that nothing reads: mistyped ones, most of the time.
fn warn_of_unknown() {
    let known = declared_params();
    for key in snapshot().keys() {
        if !known.iter().any(|info| info.key == key) {
            eprintln!("warning: nothing reads '{key}'");
        }
    }
}

/// Make points on a line, with some noise.
fn make_points() -> Result<Vec<(f64, f64)>, ParamError> {
    let count: u32 = try_get_param!(data.points, 64, "how many points to make")?;
    let noise = try_get_param!(data.noise, 0.1, "how far from the line they lie")?;
    let mut state: u64 = try_get_param!(data.seed, 7, "where the noise starts from")?;
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

/// Try some learning rates, in as many threads as there are, and return the best.
fn sweep(points: &[(f64, f64)]) -> Result<f64, ParamError> {
    let rates = try_get_param!(
        sweep.rates,
        vec![0.01, 0.1, 0.5],
        "learning rates to try before training"
    )?;
    // A pool's threads know nothing of the scopes here. What is bound brings them along.
    let attempt = ParamScope::new().bind(|rate: f64| {
        with_params! {
            set train.lr = rate;
            Ok((rate, fit(points)?.loss))
        }
    });
    let tried: Result<Vec<(f64, f64)>, ParamError> = rates
        .par_iter()
        .map(|rate| attempt.call_with(*rate))
        .collect();
    let tried = tried?;
    for (rate, loss) in &tried {
        println!("sweep: lr={rate} loss={loss:.6}");
    }
    let best = tried.iter().min_by(|one, other| one.1.total_cmp(&other.1));
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
        "learning rate; the best of the sweep where none is set"
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
