//! Writes a log of made-up events: `make_evtx FILE [SEED [RECORDS]]`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next();
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse());
    let records = arguments.next().map_or(Ok(1_000), |records| records.parse());
    let (Some(path), Ok(seed), Ok(records)) = (path, seed, records) else { return ExitCode::from(2) };
    match std::fs::write(path, huntsql_evtx::writer::sample(seed, records)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
