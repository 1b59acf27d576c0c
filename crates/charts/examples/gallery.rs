//! Writes every kind of chart as SVG, PNG and text into a folder: `cargo run -p huntsql-charts --example gallery -- <folder> [name]`, on black with `DARK=1`.

#[path = "../tests/samples/mod.rs"]
mod samples;

use huntsql_charts::model::Theme;
use huntsql_charts::scene::Size;
use huntsql_charts::term::{Charset, ColorDepth, Terminal};
use huntsql_charts::{png, svg, term};
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("a folder is needed")?);
    let only = arguments.next();
    std::fs::create_dir_all(&folder)?;
    let dark = std::env::var_os("DARK").is_some();
    for (name, mut chart) in samples::all() {
        if only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        if dark {
            chart.theme = Theme::Dark;
        }
        std::fs::write(folder.join(format!("{name}.svg")), svg::write(&chart, Size::default()))?;
        std::fs::write(folder.join(format!("{name}.png")), png::write(&chart, Size::default())?)?;
        for (kind, color, charset) in [
            ("ascii", ColorDepth::None, Charset::Ascii),
            ("block", ColorDepth::None, Charset::Block),
            ("braille", ColorDepth::None, Charset::Braille),
            ("color", ColorDepth::Truecolor, Charset::Braille),
        ] {
            let text = term::draw(&chart, &Terminal { width: 80, height: 24, color, charset });
            std::fs::write(folder.join(format!("{name}.{kind}.txt")), text)?;
        }
    }
    if only.as_deref() == Some("measure") {
        let names: Vec<&str> = samples::HOSTS.to_vec();
        let body = samples::events(1_000_000, &names, 30);
        let chart = samples::chart("1M events", "", 1_000_000, huntsql_charts::model::Body::Lanes(body));
        for _ in 0..3 {
            let start = Instant::now();
            let text = svg::write(&chart, Size::default());
            let middle = start.elapsed();
            let picture = png::write(&chart, Size::default())?;
            println_line(&format!(
                "1M events: SVG {middle:?} {} bytes; PNG {:?} {} bytes",
                text.len(),
                start.elapsed() - middle,
                picture.len()
            ));
            let start = Instant::now();
            let text = term::draw(&chart, &Terminal::default());
            println_line(&format!("text {:?} {} bytes", start.elapsed(), text.len()));
        }
    }
    Ok(())
}

fn println_line(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}
