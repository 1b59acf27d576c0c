//! Writes every kind of chart as a page, and all of them as a report: `cargo run -p huntsql-charts --example pages -- <folder>`.

#[path = "../tests/samples/mod.rs"]
mod samples;

use huntsql_charts::kernels::write_report;
use huntsql_kernels::interrupt::Interrupt;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("a folder is needed")?);
    std::fs::create_dir_all(&folder)?;
    let never = Interrupt::default();
    let mut charts = Vec::new();
    for (name, chart) in samples::all() {
        let page = huntsql_charts::html(&chart, &never).map_err(|_| "cancelled")?;
        std::fs::write(folder.join(format!("rust-{name}.html")), page)?;
        if !name.contains("hostile") && charts.len() < 6 {
            charts.push(huntsql_charts::json(&chart, &never).map_err(|_| "cancelled")?);
        }
    }
    write_report(&charts, &folder.join("rust-report.html").to_string_lossy(), "All of them")?;
    Ok(())
}
